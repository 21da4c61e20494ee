"""Accounts and contacts: who buys."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from catalog.models import Currency, PaymentTerms, PriceList, Territory
from customers.addresses import Address
from customers.book_models import Affiliation, BookAddress, Consented, ContactPoint, ContactRole
from customers.matched import MatchedAccount, MatchedContact
from kernel.models import Owned, Record

__all__ = [
    "Account", "Address", "Affiliation", "BookAddress", "Contact", "ContactPoint", "ContactRole", "InactiveReason",
]  # fmt: skip


class InactiveReason(models.TextChoices):
    """Why we stopped dealing with a customer."""

    OUT_OF_BUSINESS = "out_of_business", _("Out of business")
    LEFT = "left", _("Left the company")
    NO_MORE_BUSINESS = "no_more_business", _("No more business")
    DUPLICATE = "duplicate", _("Entered twice")
    ON_REQUEST = "on_request", _("At their own request")
    OTHER = "other", _("Other")


class Account(MatchedAccount, Address, Owned, Record):
    """A company we sell to, or hope to."""

    is_removable = True

    class TaxTreatment(models.TextChoices):
        NORMAL = "normal", _("Normal")
        EXEMPT = "exempt", _("Exempt")
        REVERSE_CHARGE = "reverse_charge", _("Reverse charge")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent account"),
    )
    primary_contact = models.ForeignKey(
        "Contact",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("primary contact"),
    )
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    website = models.CharField(_("website"), max_length=200, blank=True, default="")
    industry = models.CharField(_("industry"), max_length=100, blank=True, default="")
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True, default="")
    tax_treatment = models.CharField(
        _("tax treatment"), max_length=20, choices=TaxTreatment, default=TaxTreatment.NORMAL
    )
    currency = models.ForeignKey(
        Currency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("currency"),
    )
    credit_limit = AmountField(_("credit limit"), null=True, blank=True)
    payment_terms = models.ForeignKey(
        PaymentTerms,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("price list"),
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("territory"),
    )
    language = models.CharField(_("language of documents"), max_length=10, blank=True, default="")
    erp_code = models.CharField(_("customer code in the ERP"), max_length=60, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    inactive_reason = models.CharField(
        _("why it is inactive"), max_length=20, choices=InactiveReason, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [
            models.Index(fields=["name", "id"], name="account_name"),
            models.Index(fields=["city", "id"], name="account_city"),
            models.Index(fields=["updated_at", "id"], name="account_updated"),
            models.Index(fields=["team", "owner"], name="account_team_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credit_limit__isnull=True) | models.Q(credit_limit__gte=0),
                name="account_credit_limit_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:account", args=[self.ref])

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.email, self.phone, self.city, self.erp_code, *points_of(self)]


class Contact(MatchedContact, Consented, Address, Owned, Record):
    """A person, usually at an account."""

    is_removable = True

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("account"),
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=100)
    job_title = models.CharField(_("job title"), max_length=100, blank=True, default="")
    role = models.CharField(_("role"), max_length=60, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    mobile = models.CharField(_("mobile"), max_length=40, blank=True, default="")
    language = models.CharField(_("language of documents"), max_length=10, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    inactive_reason = models.CharField(
        _("why it is inactive"), max_length=20, choices=InactiveReason, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["last_name", "id"], name="contact_last_name"),
            models.Index(fields=["updated_at", "id"], name="contact_updated"),
            models.Index(fields=["team", "owner"], name="contact_team_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:contact", args=[self.ref])

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def searchable(self) -> list[Any]:
        own = [self.number, self.first_name, self.last_name, self.email, self.phone, self.mobile]
        return [*own, *points_of(self)]


def points_of(customer: Account | Contact) -> list[str]:
    """The further e-mails and phones of a customer, which search finds too; a new one has none."""
    return [] if customer._state.adding else list(customer.points.values_list("value", flat=True))
