"""The product's own settings, with the bare views that it is measured against beside its pages."""

from salesops.settings import *  # noqa: F403
from salesops.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
_jinja, _django = TEMPLATES
TEMPLATES = [_jinja, {**_django, "DIRS": [BASE_DIR / "benchmarks" / "templates"]}]
