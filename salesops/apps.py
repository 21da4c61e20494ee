from django.apps import AppConfig


class SalesopsConfig(AppConfig):
    """The roof: settings, URLs and the commands that start everything."""

    name = "salesops"
    default_auto_field = "django.db.models.BigAutoField"
