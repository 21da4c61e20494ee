"""Accounts and contacts in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers import actions
from customers.models import Account, Contact
from kernel.admin import for_each
from people.office import RecordAdmin


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    creating = actions.create_account
    changing = actions.change_account
    writable = actions.ACCOUNT_FIELDS
    linked = (("contacts", _("Contacts")), ("children", _("Accounts below it")))
    list_display = ["number", "name", "city", "country", "owner", "team", "is_active"]
    list_filter = ["is_active", "team"]
    actions = [
        for_each("deactivate", _("Deactivate"), actions.deactivate_account),
        for_each("activate", _("Activate"), actions.activate_account),
    ]


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    creating = actions.create_contact
    changing = actions.change_contact
    writable = actions.CONTACT_FIELDS
    list_display = ["number", "last_name", "first_name", "account", "email", "owner", "team", "is_active"]
    list_filter = ["is_active", "team"]
    actions = [
        for_each("deactivate", _("Deactivate"), actions.deactivate_contact),
        for_each("activate", _("Activate"), actions.activate_contact),
    ]
