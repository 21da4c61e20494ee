import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesops.settings")

app = Celery("salesops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery's notion of the current app belongs to one thread; web servers and the in-process worker use many,
# and without a default their messages would go to a broker that nobody configured.
app.set_default()
