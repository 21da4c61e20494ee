from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SalesopsConfig(AppConfig):
    """The roof: settings, URLs and the commands that start everything."""

    name = "salesops"
    default = True
    default_auto_field = "django.db.models.BigAutoField"


class BackOfficeConfig(admin.AdminConfig):
    """Django's admin with our door, see salesops.admin_site."""

    default = False
    default_site = "salesops.admin_site.BackOfficeSite"
