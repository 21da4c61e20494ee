"""The lists of accounts and contacts."""

from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.filters import ACCOUNT_BELOW, PEOPLE_OF
from customers.models import Account, Contact
from kernel.jinja import late
from kernel.tables import BooleanFilter, Column, Editing, OwnerFilter, StatusFilter, Table

# What the lists of documents read to name an owner and a customer.
OWNER = ("owner", "owner__username", "owner__first_name", "owner__last_name")
CUSTOMER = ("account", "account__name", "contact", "contact__first_name", "contact__last_name")

# What every list of records offers beside its own columns.
KEEPING = (
    Column("team", _("Team"), shown=False),
    Column("created_at", _("Created"), kind="datetime", shown=False),
    Column("updated_at", _("Changed"), kind="ago", shown=False),
)
PLACE = (
    Column("street", _("Street"), shown=False, edit="street"),
    Column("postcode", _("Postcode"), shown=False, edit="postcode"),
    Column("region", _("Region"), shown=False, edit="region"),
)


def full_name(first_name: str, last_name: str) -> str:
    """A person from the columns of their name."""
    return f"{first_name} {last_name}".strip()


def customer_named(account: str | None, first_name: str | None, last_name: str | None) -> str:
    """What the customer of a document is called, from the columns of its account and contact."""
    return account or f"{first_name or ''} {last_name or ''}".strip()


def customer_column(*, sort: bool = True) -> Column:
    """The customer of a document: an account, or a person without one."""
    return Column(
        "customer", _("Customer"), sort="account__name" if sort else False, filter="account__name",
        parts=("account__name", "contact__first_name", "contact__last_name"), join=customer_named,
    )  # fmt: skip


ACTIVITY = (("True", _("Active")), ("False", _("Inactive")))


# What is planned with a customer is known to an app above: asked by its name.
NEXT = Column(
    "planned", _("Planned"), source=late("activities.columns.told_next"), filter=False,
    prepare=late("activities.columns.look_up_next_steps"),
)  # fmt: skip


class AccountTable(Table):
    """Companies, by name."""

    name, model, place = "accounts", Account, "customers:accounts"
    title = _("Accounts")
    columns = (
        Column("name", _("Name"), sort=True, main=True, edit="name"),
        Column("number", _("Number"), sort=True),
        Column("city", _("City"), sort=True, edit="city"),
        Column("country", _("Country"), edit="country"),
        Column("phone", _("Phone"), edit="phone"),
        Column("industry", _("Industry"), edit="industry"),
        NEXT,
        Column("owner", _("Owner")),
        Column("email", _("E-mail"), shown=False, edit="email"),
        Column("website", _("Website"), shown=False, edit="website"),
        *PLACE,
        Column("parent.name", _("Account above"), kind="link", shown=False),
        Column("tax_number", _("Tax number"), shown=False, edit="tax_number"),
        Column("currency", _("Currency"), shown=False),
        Column(
            "credit_limit",
            _("Credit limit"),
            kind="money",
            currency="no_currency",
            shown=False,
            edit="credit_limit",
        ),
        Column("payment_terms", _("Payment terms"), shown=False, edit="payment_terms"),
        Column("price_list", _("Price list"), shown=False, edit="price_list"),
        Column("territory", _("Territory"), shown=False, edit="territory"),
        Column("language", _("Language"), shown=False, edit="language"),
        Column("erp_code", _("Code in the ERP"), shown=False),
        Column("is_active", _("Active"), kind="yesno", shown=False),
        *KEEPING,
    )
    searched = ("number", "name", "email", "phone", "city", "erp_code")
    editing = Editing("customers.actions.change_account", "customers.forms.AccountForm")
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

    name, model, place = "contacts", Contact, "customers:contacts"
    title = _("Contacts")
    columns = (
        Column(
            "name", _("Name"), sort="last_name", main=True, parts=("first_name", "last_name"), join=full_name
        ),
        Column("account.name", _("Account"), kind="link", sort=True),
        Column("job_title", _("Job title"), edit="job_title"),
        Column("email", _("E-mail"), edit="email"),
        Column("phone", _("Phone"), edit="phone"),
        replace(NEXT, shown=False),
        Column("owner", _("Owner")),
        Column("number", _("Number"), sort=True, shown=False),
        Column("first_name", _("First name"), shown=False, edit="first_name"),
        Column("mobile", _("Mobile"), shown=False, edit="mobile"),
        Column("role", _("Role"), shown=False, edit="role"),
        Column("city", _("City"), shown=False, edit="city"),
        Column("country", _("Country"), shown=False, edit="country"),
        *PLACE,
        Column("do_not_email", _("No e-mail"), kind="yesno", shown=False, edit="do_not_email"),
        Column("do_not_phone", _("No calls"), kind="yesno", shown=False, edit="do_not_phone"),
        Column("is_active", _("Active"), kind="yesno", shown=False),
        *KEEPING,
    )
    searched = ("number", "first_name", "last_name", "email", "phone", "mobile")
    editing = Editing("customers.actions.change_contact", "customers.forms.ContactForm")
    filters = (StatusFilter(ACTIVITY, "is_active"), OwnerFilter(), *PEOPLE_OF)
    default_order = "last_name"
    related = ("account", "owner")
