"""What waits for somebody: one ordered list with the reason of each row, a few queries whatever the data."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity
from invoices.models import Invoice
from kernel.formats import day_text
from kernel.models import OutboxMessage
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.access import may, visible
from people.models import Role, User
from quotes.approvals import waiting_approvals, words
from quotes.models import Quote

PER_KIND = 8
OVERSEERS = {Role.SALES_MANAGER, Role.ADMINISTRATOR}
SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class Work:
    """One thing to do: what, why, and how urgent (late, due, money, open)."""

    urgency: str
    label: Any
    url: str
    why: str
    amount: Decimal | None = None
    currency: str = ""


URGENCIES = {"late": 0, "due": 1, "money": 2, "open": 3}


def of(user: User, records: Any) -> Any:
    """Whose work it is: a manager looks after the whole team's, everybody else after their own."""
    return visible(user, records) if user.role in OVERSEERS else records.filter(owner=user)


def work_of(user: User) -> list[Work]:
    """The work of the person, or of the team they lead, most urgent first."""
    found = [
        *activities(user),
        *next_steps(user),
        *refused_orders(user),
        *waiting_for_approval(user),
        *expiring_quotes(user),
        *fresh_leads(user),
    ]
    if may(user, "pay", Invoice):
        found += overdue_invoices(user)
    return sorted(found, key=lambda work: URGENCIES[work.urgency])


def activities(user: User) -> list[Work]:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    due = Activity.objects.filter(owner=user, status=Activity.Status.OPEN, due_at__lt=tomorrow)
    return [
        Work(
            "late" if activity.due_at and activity.due_at < timezone.now() else "due",
            activity.subject, activity.get_absolute_url(), str(activity.get_kind_display()),
        )
        for activity in due.order_by("due_at")[:PER_KIND]
    ]  # fmt: skip


def next_steps(user: User) -> list[Work]:
    """Open deals whose next step is late, or that have none."""
    today = timezone.localdate()
    deals = Opportunity.objects.filter(
        owner=user, status=Opportunity.Status.OPEN, status_reason="in_progress"
    )
    waiting = deals.filter(Q(next_step_on__lte=today) | Q(next_step="")).select_related("currency")
    found = []
    for deal in waiting.order_by("next_step_on", "id")[:PER_KIND]:
        late = deal.next_step_on is not None and deal.next_step_on < today
        why = _("no next step") if not deal.next_step else _("next step: %s") % deal.next_step
        urgency = "open" if not deal.next_step else "late" if late else "due"
        found.append(Work(urgency, deal.name, deal.get_absolute_url(), why, deal.amount, deal.currency.code))
    return found


def refused_orders(user: User) -> list[Work]:
    """Orders that the ERP did not take: each with the ERP's own words."""
    dead = OutboxMessage.objects.filter(
        state=OutboxMessage.State.DEAD, aggregate_type=Order._meta.label_lower
    ).order_by("-id")
    words = dict(dead.values_list("aggregate_id", "error_text")[:200])
    if not words:
        return []
    orders = visible(user, Order.objects.filter(public_id__in=list(words))).select_related("currency")
    return [
        Work("money", order.ref, order.get_absolute_url(), _("refused by the ERP: %s") % words[order.public_id],
             order.total, order.currency.code)
        for order in orders[:PER_KIND]
    ]  # fmt: skip


def waiting_for_approval(user: User) -> list[Work]:
    """Quotes that somebody else may not offer before this person agrees."""
    return [
        Work("due", _("Approve %s") % f"{asked.quote.ref} {asked.quote.name}",
             f"{asked.quote.get_absolute_url()}#approval", "; ".join(words(asked.excesses, user)), asked.quote.total,
             asked.quote.currency.code)
        for asked in waiting_approvals(user)[:PER_KIND]
    ]  # fmt: skip


def expiring_quotes(user: User) -> list[Work]:
    today = timezone.localdate()
    soon = Quote.objects.filter(
        status=Quote.Status.ACTIVE, expires_on__gte=today, expires_on__lte=today + SOON
    )
    quotes = of(user, soon).select_related("currency")
    return [
        Work("money", f"{quote.ref} {quote.name}", quote.get_absolute_url(),
             _("expires on %s") % day_text(quote.expires_on), quote.total, quote.currency.code)
        for quote in quotes.order_by("expires_on")[:PER_KIND]
    ]  # fmt: skip


def fresh_leads(user: User) -> list[Work]:
    leads = Lead.objects.filter(owner=user, status=Lead.Status.OPEN, status_reason="new")
    return [
        Work("open", f"{lead.name}, {lead.topic}", lead.get_absolute_url(), _("not contacted yet"))
        for lead in leads.order_by("-id")[:PER_KIND]
    ]


def overdue_invoices(user: User) -> list[Work]:
    late = visible(user, Invoice.objects.filter(balance__gt=0, due_on__lt=timezone.localdate()))
    return [
        Work("late", f"{invoice.number} {invoice.customer}", invoice.get_absolute_url(),
             _("due on %s") % day_text(invoice.due_on), invoice.balance, invoice.currency.code)
        for invoice in late.select_related("currency", "account", "contact").order_by("due_on")[:PER_KIND]
    ]  # fmt: skip
