"""Accounts and contacts in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers import actions
from customers.models import Account, Affiliation, BookAddress, Contact, ContactPoint, ContactRole
from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    creating = actions.create_account
    changing = actions.change_account
    deleting = remove_record
    writable = actions.ACCOUNT_FIELDS
    linked = (
        ("contacts", _("Contacts")), ("children", _("Accounts below it")), ("addresses", _("Addresses")),
        ("points", _("E-mails and phones")), ("affiliations", _("People of other accounts")),
    )  # fmt: skip
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
    deleting = remove_record
    writable = actions.CONTACT_FIELDS
    linked = (
        ("addresses", _("Addresses")), ("points", _("E-mails and phones")), ("affiliations", _("Further accounts")),
    )  # fmt: skip
    list_display = ["number", "last_name", "first_name", "account", "email", "owner", "team", "is_active"]
    list_filter = ["is_active", "team"]
    actions = [
        for_each("deactivate", _("Deactivate"), actions.deactivate_contact),
        for_each("activate", _("Activate"), actions.activate_contact),
    ]


@admin.register(ContactRole)
class ContactRoleAdmin(ReferenceAdmin):
    list_display = ["name", "position", "is_active"]
    search_fields = ["name"]


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnly):
    list_display = ["value", "kind", "label", "account", "contact"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(BookAddress)
class BookAddressAdmin(ReadOnly):
    list_display = ["street", "city", "country", "kind", "is_default", "account", "contact"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(Affiliation)
class AffiliationAdmin(ReadOnly):
    list_display = ["contact", "account", "role"]
    ordering = ["-id"]
