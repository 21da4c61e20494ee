"""Orders: confirmed requests, handed to the ERP when they are submitted."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import Addressed, PricedDocument, has_customer
from catalog.fields import AmountField
from catalog.models import PaymentTerms
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import reasons_match_status
from opportunities.models import Opportunity
from orders.models.early_steps import EarlySteps
from orders.models.late_steps import LateSteps
from orders.models.states import REASONS
from quotes.models import Quote


class Order(EarlySteps, LateSteps, Addressed, PricedDocument):
    """A customer's confirmed request; after submit its numbers belong to the ERP where one is connected."""

    is_removable = True

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    quote = models.ForeignKey(
        Quote, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    customer_po = models.CharField(_("customer's order number"), max_length=60, blank=True, default="")
    ordered_on = models.DateField(_("ordered on"), default=timezone.localdate)
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    promised_delivery_on = models.DateField(_("promised delivery"), null=True, blank=True)
    payment_terms = models.ForeignKey(
        PaymentTerms,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    shipping_method = models.CharField(_("shipping method"), max_length=60, blank=True, default="")
    # What the ERP says, verbatim; "managed_by" is the connection the order was handed to ("" means managed here).
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    is_pulled = models.BooleanField(_("made in the ERP"), default=False, editable=False)
    erp_number = models.CharField(
        _("ERP number"), max_length=60, blank=True, default="", editable=False, db_index=True
    )
    erp_status = models.CharField(
        _("status in the ERP"), max_length=60, blank=True, default="", editable=False
    )
    erp_url = models.CharField(max_length=300, blank=True, default="", editable=False)
    erp_net = AmountField(_("net in the ERP"), null=True, blank=True, editable=False)
    erp_tax = AmountField(_("tax in the ERP"), null=True, blank=True, editable=False)
    erp_total = AmountField(_("total in the ERP"), null=True, blank=True, editable=False)
    erp_synced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["total", "id"], name="order_total"),
            models.Index(fields=["ordered_on", "id"], name="order_ordered_on"),
            models.Index(fields=["status", "-id"], name="order_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="order_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="order_team_status"),
        ]
        constraints = [
            reasons_match_status("order_reason_matches_status", REASONS),
            has_customer("order_has_customer"),
            models.UniqueConstraint(
                fields=["quote"], condition=~models.Q(status="canceled"), name="one_valid_order_a_quote"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return record_url("orders:detail", self.ref)

    def kept_because(self) -> list[Blocker]:
        """What was agreed or submitted is canceled, not deleted."""
        if self.quote_id:
            return [Blocker("has_upstream", _("it comes from an accepted quote; cancel it instead"))]
        if self.status != self.Status.ACTIVE:
            return [Blocker("not_new", _("it was submitted; cancel it instead"))]
        return []

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer, self.erp_number, self.customer_po]

    @property
    def is_editable(self) -> bool:
        return self.status == self.Status.ACTIVE and not self.is_pulled

    @property
    def erp_difference(self) -> Decimal | None:
        """How far the ERP's total is from ours; None until the ERP has spoken."""
        return None if self.erp_total is None else self.erp_total - self.total
