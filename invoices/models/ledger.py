"""Invoice lines, instalments, payments and allocations: the ledger of what is owed."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine, kinds_are_sound
from catalog.fields import AmountField
from catalog.models import Currency
from customers.models import Account, Contact
from invoices.models.invoice import Invoice
from kernel.addresses import record_url
from kernel.models import Record
from orders.models import OrderLine


class InvoiceLine(PricedLine):
    """One invoiced item; negative on a credit note."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoice_lines",
        editable=False,
    )

    class Meta(PricedLine.Meta):
        indexes = [models.Index(fields=["invoice", "position"], name="invoice_line_position")]
        constraints = [kinds_are_sound("invoice_line_kind_is_sound")]


class Instalment(models.Model):
    """Part of an invoice that is due on a day of its own; written when the invoice is confirmed."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField(_("position"))
    due_on = models.DateField(_("due on"))
    amount = AmountField(_("amount"))
    # This and all earlier ones: what is paid settles the oldest first, so this alone says what is open of it.
    upto = AmountField(_("due by then"))

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["invoice", "position"]
        indexes = [models.Index(fields=["due_on"], name="instalment_due")]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="one_instalment_a_place"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, upto__gte=F("amount")), name="instalment_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.due_on})"


class Payment(Record):
    """Money received from (or, negative, paid back to) a customer."""

    takes_custom_fields = False

    number = models.CharField(_("number"), max_length=60, unique=True, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    amount = AmountField(_("amount"))
    unallocated = AmountField(_("kept as credit"), default=0, editable=False)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    method = models.CharField(_("method"), max_length=40, blank=True, default="")
    reference = models.CharField(_("reference"), max_length=100, blank=True, default="")
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", editable=False
    )
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    erp_id = models.CharField(max_length=60, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__lt=0, unallocated=0)
                | Q(unallocated__gte=0, unallocated__lte=F("amount")),
                name="payment_unallocated_up_to_amount",
            ),
            models.UniqueConstraint(
                fields=["managed_by", "erp_id"], condition=~Q(erp_id=""), name="one_payment_an_erp_document"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return record_url("invoices:payment", self.ref)

    def searchable(self) -> list[Any]:
        return [self.number, self.reference, self.account or self.contact]

    @property
    def customer(self) -> Any:
        """Whose money it is."""
        return self.account or self.contact

    @property
    def is_reversed(self) -> bool:
        """Whether it was booked by mistake and taken back."""
        return hasattr(self, "reversal")


class Allocation(models.Model):
    """Part of a payment or of a credit note that settles an invoice or is paid back; the ledger of what is owed.

    Never changed and never deleted: a mistake is taken back by an entry with the opposite amount.
    """

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    refund = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_from"
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="given_allocations"
    )
    amount = AmountField(_("amount"))
    on = models.DateField(_("counts from"), default=timezone.localdate)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note__isnull=True)
                | Q(payment__isnull=True, credit_note__isnull=False),
                name="allocation_of_payment_or_credit_note",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, refund__isnull=True)
                | Q(invoice__isnull=True, refund__isnull=False),
                name="allocation_to_invoice_or_refund",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="allocation_is_positive_or_takes_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.invoice or self.refund}"
