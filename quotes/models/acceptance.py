"""A customer's yes, as it was given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from quotes.models.links import CustomerLink
from quotes.models.quote import Quote


class Acceptance(models.Model):
    """Who accepted a quote on the customer page, when, from where, and what total they had before their eyes.

    A quote is accepted once at most; the typed name is the signature.
    """

    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, related_name="acceptance", verbose_name=_("quote")
    )
    link = models.ForeignKey(
        CustomerLink, on_delete=models.PROTECT, related_name="+", verbose_name=_("customer link")
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    customer_po = models.CharField(_("customer's order number"), max_length=60, blank=True, default="")
    total = AmountField(_("total"))
    terms_text = models.TextField(_("terms"), blank=True, default="")
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), auto_now_add=True)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="acceptance_is_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.quote}: {self.name}"


def acceptance_of(quote: Quote) -> Acceptance | None:
    """How the customer accepted the quote on their page, if they did."""
    return Acceptance.objects.filter(quote=quote).first() if quote.status == Quote.Status.WON else None
