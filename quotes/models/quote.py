"""Quotes: formal offers with lines, prices and terms."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.documents import Addressed, PricedDocument, PricedLine, has_customer, kinds_are_sound
from catalog.models import PaymentTerms
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import Guard, StateField, StatefulModel, reasons_match_status
from kernel.shown import found_once
from kernel.writing import whole_number
from opportunities.models import Opportunity, OpportunityLine
from people.access import allows
from quotes.models.guards import (
    has_lines,
    has_no_order,
    is_approved,
    is_askable,
    is_current,
    is_ours,
    is_past_expiry,
    opportunity_is_open,
)

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "draft": ["in_progress"],
    "active": ["in_progress", "open"],
    "won": ["won"],
    "closed": ["lost", "canceled", "revised", "expired"],
}


class Quote(StatefulModel, Addressed, PricedDocument):
    """An offer to sell at stated prices; frozen once it is activated."""

    is_removable = True

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        WON = "won", _("Won")
        CLOSED = "closed", _("Closed")

    class Reason(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        OPEN = "open", _("Sent")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        CANCELED = "canceled", _("Canceled")
        REVISED = "revised", _("Revised")
        EXPIRED = "expired", _("Expired")

    REASONS = REASONS
    offers_options = True

    number = models.CharField(_("number"), max_length=30, editable=False)
    revision = models.PositiveSmallIntegerField(_("revision"), default=0, editable=False)
    revises = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revised_by", editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes", editable=False
    )
    name = models.CharField(_("name"), max_length=200)
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    effective_to = models.DateField(_("effective to"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    payment_terms = models.ForeignKey(
        PaymentTerms,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    freight_terms = models.CharField(_("freight terms"), max_length=60, blank=True, default="")
    shipping_method = models.CharField(_("shipping method"), max_length=60, blank=True, default="")
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    terms_text = models.TextField(_("terms"), blank=True, default="")
    language = models.CharField(_("language of the document"), max_length=10, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_viewed_at = models.DateTimeField(
        _("last viewed by the customer"), null=True, blank=True, editable=False
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    status = StateField(_("status"), choices=Status.choices, default=Status.DRAFT)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.IN_PROGRESS, editable=False
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [
            models.Index(fields=["name", "id"], name="quote_name"),
            models.Index(fields=["total", "id"], name="quote_total"),
            models.Index(fields=["expires_on", "id"], name="quote_expires_on"),
            models.Index(fields=["status", "-id"], name="quote_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="quote_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="quote_team_status"),
            models.Index(
                fields=["expires_on"], condition=models.Q(status="active"), name="quote_active_expiry"
            ),
        ]
        constraints = [
            reasons_match_status("quote_reason_matches_status", REASONS),
            has_customer("quote_has_customer"),
            models.UniqueConstraint(fields=["number", "revision"], name="one_quote_a_number_and_revision"),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return record_url("quotes:detail", self.ref)

    @property
    def ref(self) -> str:
        return f"{self.number}-r{self.revision}" if self.revision else self.number

    @classmethod
    def ref_filter(cls, ref: str) -> dict[str, Any]:
        number, separator, revision = ref.partition("-r")
        asked = whole_number(revision) if separator else 0
        return {"pk__in": []} if asked is None else {"number": number, "revision": asked}

    def kept_because(self) -> list[Blocker]:
        """Anything that was ever offered is closed, not deleted."""
        if self.revises_id:
            return [Blocker("has_upstream", _("a revision is closed, not deleted"))]
        if self.status != self.Status.DRAFT:
            return [Blocker("not_draft", _("it was offered; close it instead"))]
        return []

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer]

    @property
    def is_editable(self) -> bool:
        return bool(self.status == self.Status.DRAFT)

    @transition(
        field=status,
        source=Status.DRAFT,
        target=Status.DRAFT,
        permission=allows("change"),
        conditions=[is_ours],
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is a draft."""

    @transition(
        field=status,
        source=Status.DRAFT,
        target=Status.ACTIVE,
        permission=allows("activate"),
        conditions=[is_ours, has_lines, is_current, opportunity_is_open, is_approved],
        custom={"label": _("Activate"), "primary": True, "order": 10, "hint": _("Freezes prices and terms")},
    )
    def activate(self) -> None:
        self.status_reason = self.Reason.IN_PROGRESS

    @property
    def live_approval(self) -> Any:
        """The request for approval that is still of use: undecided, or granted."""
        waiting_or_granted = self.approvals.filter(status__in=["pending", "approved"])
        return found_once(self, "live_approval", waiting_or_granted.first)

    @transition(
        field=status,
        source=Status.DRAFT,
        target=Status.DRAFT,
        permission=allows("activate"),
        conditions=[is_ours, is_askable],
        custom={
            "verb": "ask-approval",
            "label": _("Ask for approval"),
            "order": 15,
            "asks": True,
            "hide_blocked": True,
        },
    )
    def ask_approval(self) -> None:
        """Somebody else has to agree before it is offered."""

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("send"),
        conditions=[is_ours, is_current],
        custom={
            "label": _("Send"),
            "order": 20,
            "asks": True,
            "hint": _("By e-mail, with a link for the customer"),
        },
    )
    def send(self) -> None:
        """It goes to the customer; again as often as one likes while it holds."""
        self._sent()

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("send"),
        conditions=[
            is_ours,
            Guard(
                "already_sent", _("it was sent already"), lambda quote: quote.status_reason == "in_progress"
            ),
        ],
        custom={"hidden": True},
    )
    def mark_sent(self) -> None:
        """The customer has it, by whatever way."""
        self._sent()

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("send"),
        conditions=[
            Guard("not_sent", _("it was not sent"), lambda quote: quote.status_reason == "open"),
        ],
        custom={"hidden": True},
    )
    def unsend(self) -> None:
        """The only e-mail that carried it was taken back before it left."""
        self.status_reason = self.Reason.IN_PROGRESS
        self.sent_at = None

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.WON,
        permission=allows("accept"),
        conditions=[is_ours, has_lines, is_current, has_no_order, opportunity_is_open],
        custom={
            "label": _("Accept"),
            "primary": True,
            "order": 10,
            "asks": True,
            "hint": _("Makes the order with all lines"),
        },
    )
    def accept(self) -> None:
        self.status_reason = self.Reason.WON
        self.closed_on = timezone.localdate()

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.CLOSED,
        permission=allows("revise"),
        conditions=[is_ours],
        custom={"label": _("Revise"), "order": 30, "hint": _("Closes this revision and opens a new draft")},
    )
    def revise(self) -> None:
        self._close(self.Reason.REVISED)

    @transition(
        field=status,
        source=[Status.DRAFT, Status.ACTIVE],
        target=Status.CLOSED,
        permission=allows("close"),
        conditions=[is_ours],
        custom={"label": _("Close"), "danger": True, "asks": True},
    )
    def close(self, *, reason: str) -> None:
        self._close(reason)

    @transition(
        field=status,
        source=[Status.DRAFT, Status.ACTIVE],
        target=Status.CLOSED,
        custom={"hidden": True},
    )
    def settle(self, *, reason: str) -> None:
        """Its deal is decided; the right to decide that is asked of the deal."""
        self._close(reason)

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.CLOSED,
        permission=allows("expire"),
        conditions=[is_past_expiry],
        custom={"hidden": True},
    )
    def expire(self) -> None:
        self._close(self.Reason.EXPIRED)

    def _close(self, reason: str) -> None:
        self.status_reason = reason
        self.closed_on = timezone.localdate()

    def _sent(self) -> None:
        self.status_reason = self.Reason.OPEN
        self.sent_at = self.sent_at or timezone.now()


class QuoteLine(PricedLine):
    """One offered item."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    opportunity_line = models.ForeignKey(
        OpportunityLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta(PricedLine.Meta):
        indexes = [models.Index(fields=["quote", "position"], name="quote_line_position")]
        constraints = [kinds_are_sound("quote_line_kind_is_sound", optional=True)]
