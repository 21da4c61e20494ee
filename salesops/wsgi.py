import logging
import os

from django.core.wsgi import get_wsgi_application

from kernel.logs import WithoutSecrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesops.settings")

application = get_wsgi_application()
# The web server writes its own log, with its own handlers: what it says of addresses is cleaned here.
logging.getLogger("gunicorn.access").addFilter(WithoutSecrets())
