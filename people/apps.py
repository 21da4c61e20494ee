from django.apps import AppConfig

from kernel.hooks import answers_for_rights
from kernel.jinja import register_global


class PeopleConfig(AppConfig):
    name = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("nav", "people.navigation.nav")
        register_global("create_menu", "people.navigation.create_menu")
        answers_for_rights("people.access")
        register_global("may_remove", "people.removing.may_remove")
        register_global("removed_as", "people.removing.removed_as")
