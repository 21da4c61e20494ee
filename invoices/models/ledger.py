"""Invoice lines, payments and allocations: the ledger of what is owed."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine
from catalog.fields import AmountField
from catalog.models import Currency
from customers.models import Account, Contact
from invoices.models.invoice import Invoice
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


class Payment(Record):
    """Money received from (or, negative, paid back to) a customer."""

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
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    erp_id = models.CharField(max_length=60, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__lt=0) | Q(unallocated__gte=0, unallocated__lte=F("amount")),
                name="payment_allocated_up_to_amount",
            ),
            models.UniqueConstraint(
                fields=["managed_by", "erp_id"], condition=~Q(erp_id=""), name="one_payment_an_erp_document"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Allocation(models.Model):
    """Part of a payment or of a credit note that settles an invoice; the ledger of what is owed."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="given_allocations"
    )
    amount = AmountField(_("amount"))
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
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.invoice}"
