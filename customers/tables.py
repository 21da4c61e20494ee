"""The lists of accounts and contacts."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.filters import ACCOUNT_BELOW, PEOPLE_OF
from kernel.tables import BooleanFilter, Column, OwnerFilter, StatusFilter, Table

# What the lists of documents read to name an owner and a customer.
OWNER = ("owner", "owner__username", "owner__first_name", "owner__last_name")
CUSTOMER = ("account", "account__name", "contact", "contact__first_name", "contact__last_name")

ACTIVITY = (("True", _("Active")), ("False", _("Inactive")))


class AccountTable(Table):
    """Companies, by name."""

    title = _("Accounts")
    columns = (
        Column("name", _("Name"), sort=True, main=True),
        Column("number", _("Number"), sort=True),
        Column("city", _("City"), sort=True),
        Column("country", _("Country")),
        Column("phone", _("Phone")),
        Column("industry", _("Industry")),
        Column("owner", _("Owner")),
    )
    filters = (
        StatusFilter(ACTIVITY, "is_active"),
        OwnerFilter(),
        BooleanFilter("erp", _("Known to the ERP"), ~Q(erp_code=""), _("Not known to the ERP")),
        ACCOUNT_BELOW,
    )
    default_order = "name"
    related = ("owner",)


class ContactTable(Table):
    """People, by last name."""

    title = _("Contacts")
    columns = (
        Column("name", _("Name"), sort="last_name", main=True),
        Column("account.name", _("Account"), kind="link", sort=True),
        Column("job_title", _("Job title")),
        Column("email", _("E-mail")),
        Column("phone", _("Phone")),
        Column("owner", _("Owner")),
    )
    filters = (StatusFilter(ACTIVITY, "is_active"), OwnerFilter(), *PEOPLE_OF)
    default_order = "last_name"
    related = ("account", "owner")
