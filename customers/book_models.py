"""What a customer has several of: addresses, e-mails and phones, and companies a person works with.

The columns on account and contact stay the main ones; these rows stand beside them. Re-exported by customers.models.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.addresses import Address


def of_one(name: str) -> models.CheckConstraint:
    """A database constraint: the row belongs to an account or to a contact, not to both."""
    account, contact = Q(account__isnull=False), Q(contact__isnull=False)
    return models.CheckConstraint(condition=(account & ~contact) | (contact & ~account), name=name)


class ContactRole(models.Model):
    """A part that people play at a company, as the organization calls it: the words that forms offer."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("role of contacts")
        verbose_name_plural = _("roles of contacts")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """One e-mail address or phone number of a customer; the one that stands in the customer's column is the primary."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        MOBILE = "mobile", _("Mobile")

    account = models.ForeignKey(
        "customers.Account", on_delete=models.CASCADE, null=True, blank=True, related_name="points"
    )
    contact = models.ForeignKey(
        "customers.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="points"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("number or address"), max_length=254)
    label = models.CharField(_("label"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("e-mail or phone")
        verbose_name_plural = _("e-mails and phones")
        ordering = ["kind", "id"]
        constraints = [
            of_one("contact_point_of_one"),
            models.UniqueConstraint(
                fields=["account", "kind", "value"], name="contact_point_once_an_account"
            ),
            models.UniqueConstraint(fields=["contact", "kind", "value"], name="contact_point_once_a_contact"),
        ]

    def __str__(self) -> str:
        return self.value


class BookAddress(Address):
    """A further address of a customer; the default of its kind is what new documents start with."""

    class Kind(models.TextChoices):
        BILL_TO = "bill_to", _("Bill to")
        SHIP_TO = "ship_to", _("Ship to")
        OTHER = "other", _("Other")

    account = models.ForeignKey(
        "customers.Account", on_delete=models.CASCADE, null=True, blank=True, related_name="addresses"
    )
    contact = models.ForeignKey(
        "customers.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="addresses"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    label = models.CharField(_("label"), max_length=60, blank=True, default="")
    name = models.CharField(_("recipient"), max_length=200, blank=True, default="")
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["kind", "-is_default", "id"]
        constraints = [
            of_one("book_address_of_one"),
            models.CheckConstraint(
                condition=Q(is_default=False) | ~Q(kind="other"), name="book_address_default_is_for_documents"
            ),
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=Q(is_default=True),
                name="one_default_address_an_account",
            ),
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=Q(is_default=True), name="one_default_address_a_contact"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join([part for part in [self.label, self.name] if part] + self.address_lines)


class Affiliation(models.Model):
    """A person has to do with a further company, besides the one they belong to."""

    contact = models.ForeignKey("customers.Contact", on_delete=models.CASCADE, related_name="affiliations")
    account = models.ForeignKey(
        "customers.Account", on_delete=models.CASCADE, related_name="affiliations", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=60, blank=True, default="")
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("further account of a contact")
        verbose_name_plural = _("further accounts of contacts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "account"], name="one_affiliation_a_contact_and_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.role})" if self.role else str(self.account)


class Consented(models.Model):
    """Which channels a person does not want to be reached on, since when, and how we know."""

    CHANNELS = ("email", "phone", "post")

    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    do_not_email_since = models.DateField(_("no e-mail since"), null=True, blank=True)
    do_not_email_how = models.CharField(_("how we know (e-mail)"), max_length=200, blank=True, default="")
    do_not_phone = models.BooleanField(_("do not phone"), default=False)
    do_not_phone_since = models.DateField(_("no calls since"), null=True, blank=True)
    do_not_phone_how = models.CharField(_("how we know (calls)"), max_length=200, blank=True, default="")
    do_not_post = models.BooleanField(_("do not send post"), default=False)
    do_not_post_since = models.DateField(_("no post since"), null=True, blank=True)
    do_not_post_how = models.CharField(_("how we know (post)"), max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    def refusals(self) -> list[dict[str, Any]]:
        """What the person does not want, in words, with since when and how we know."""
        words = {"email": _("No e-mail"), "phone": _("No calls"), "post": _("No post")}
        return [
            {
                "channel": channel, "label": words[channel], "since": getattr(self, f"do_not_{channel}_since"),
                "how": getattr(self, f"do_not_{channel}_how"),
            }
            for channel in self.CHANNELS
            if getattr(self, f"do_not_{channel}")
        ]  # fmt: skip
