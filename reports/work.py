"""What waits for somebody: one ordered list with the reason of each row, a few queries whatever the data."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Snooze
from activities.selectors import mine, still_open
from activities.subjects import key_of
from invoices.models import Invoice
from kernel.formats import day_text
from kernel.models import OutboxMessage
from leads.models import Lead
from opportunities.models import Opportunity, Stage, StageVisit
from opportunities.rotting import Rot, rots_of
from orders.models import Order
from people.access import may, visible
from people.models import Role, User
from quotes.approvals import waiting_approvals, words
from quotes.models import Quote
from reports.stage_age import usual_days

PER_KIND = 20
NEW_LEADS = 8
MOST_ACTIVITIES = 200
OVERSEERS = {Role.SALES_MANAGER, Role.ADMINISTRATOR}
SOON = dt.timedelta(days=7)
OLD = dt.timedelta(days=30)
ICONS = {
    "task": "circle-check",
    "call": "phone",
    "appointment": "calendar",
    "email": "mail",
    "note": "sticky-note",
}


@dataclass(frozen=True)
class Work:
    """One thing to do: what, why, and how urgent (late, due, money, risk, open, and old for what is late for long)."""

    urgency: str
    label: Any
    url: str
    why: str
    amount: Decimal | None = None
    currency: str = ""
    icon: str = "circle-dot"
    key: str = ""  # the record that the row is about, as addresses name it
    record: Any = None
    activity: Activity | None = None
    fix: str = ""  # a button of its own: what it says
    priority: int = 1


URGENCIES = {"late": 0, "due": 1, "money": 2, "risk": 3, "open": 4, "old": 5}


def of(user: User, records: Any) -> Any:
    """Whose work it is: a manager looks after the whole team's, everybody else after their own."""
    return visible(user, records) if user.role in OVERSEERS else records.filter(owner=user)


def work_of(user: User) -> list[Work]:
    """The work of the person, or of the team they lead, most urgent first; without what was put off."""
    found = [
        *activities(user),
        *waiting_for_approval(user),
        *expiring_quotes(user),
        *refused_orders(user),
        *deals(user),
        *fresh_leads(user),
    ]
    if may(user, "pay", Invoice):
        found += overdue_invoices(user)
    away = put_off(user)
    kept = [
        each
        for each in found
        if not each.record or (each.record._meta.label_lower, each.record.pk) not in away
    ]
    return sorted(kept, key=lambda work: (URGENCIES[work.urgency], work.priority))


def put_off(user: User) -> set[tuple[str, int]]:
    """The records that this person does not want to see yet."""
    rows = Snooze.objects.filter(user=user, until__gt=timezone.now())
    kinds = rows.values_list("record_type__app_label", "record_type__model", "record_id")
    return {(f"{app}.{model}", pk) for app, model, pk in kinds}


# --- activities ----------------------------------------------------------------------------------------------


def activities(user: User) -> list[Work]:
    """What is late and what is due today, with why it is there."""
    rows = mine(user).filter(status=Activity.Status.OPEN, due_at__lt=end_of_today())
    rows = rows.select_related("owner", "regarding_type").prefetch_related("regarding")
    return [of_activity(one, user) for one in rows.order_by("due_at", "id")[:MOST_ACTIVITIES]]


def end_of_today() -> dt.datetime:
    """Midnight in the reader's own zone."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), timezone.get_current_timezone())


def of_activity(one: Activity, user: User) -> Work:
    """One activity as a row; with the record only where the person may see it."""
    about = one.regarding if one.regarding is not None and may(user, "view", one.regarding) else None
    late = one.is_late
    old = late and one.due_at is not None and one.due_at < timezone.now() - OLD
    return Work(
        "old" if old else "late" if late else "due", one.subject, one.get_absolute_url(), why_due(one),
        icon=ICONS[one.kind], key=key_of(about) if about is not None else "", activity=one,
        priority=0 if one.priority == Activity.Priority.HIGH else 1,
    )  # fmt: skip


def why_due(one: Activity) -> str:
    """Since when, and whether it was put off before."""
    assert one.due_at is not None
    due = timezone.localtime(one.due_at)
    today = timezone.localdate()
    when = f"{due:%H:%M}" if due.date() == today else day_text(due.date())
    parts = [_("planned for %s") % when]
    if one.snoozed:
        parts.append(ngettext("put off once", "put off %(n)s times", one.snoozed) % {"n": one.snoozed})
    return ", ".join(parts)


# --- deals -----------------------------------------------------------------------------------------------------


def deals(user: User) -> list[Work]:
    """Open deals without a next step, with a late one, rotten, or for longer in their stage than is usual."""
    rows = Opportunity.objects.filter(owner=user, status=Opportunity.Status.OPEN, status_reason="in_progress")
    entered = StageVisit.objects.filter(opportunity=OuterRef("pk"), left_at__isnull=True).order_by("-id")
    rows = rows.annotate(
        planned=Exists(still_open(Opportunity)), stage_since=Subquery(entered.values("entered_at")[:1])
    ).select_related("currency", "stage")
    usual = usual_days()
    today = timezone.localdate()
    waits = Q(next_step_on__lte=today) | Q(next_step="", planned=False) | may_rot()
    waits |= Q(stage_since__lte=oldest_usual(usual))
    rows = rows.filter(waits).order_by("next_step_on", "stage_since", "id")
    candidates = list(rows[: 4 * PER_KIND])
    rots = rots_of(candidates)
    found = (of_deal(deal, usual, today, rots[deal.pk]) for deal in candidates)
    return [each for each in found if each is not None][:PER_KIND]


def may_rot() -> Q:
    """The deals that are older than their stage lets them go without contact, and wait for nothing."""
    now = timezone.now()
    limits = Stage.objects.filter(rots_after_days__isnull=False).values_list("pk", "rots_after_days")
    old = Q(pk__in=[])
    for stage, days in limits:
        old |= Q(stage=stage, created_at__lt=now - dt.timedelta(days=days or 0))
    return old & (Q(next_due_at=None) | Q(next_due_at__lt=now))


def oldest_usual(usual: dict[int, int]) -> dt.datetime:
    """Who entered a stage after this is not over the usual time of any."""
    return timezone.now() - dt.timedelta(days=min(usual.values(), default=36500))


def of_deal(deal: Any, usual: dict[int, int], today: dt.date, rot: Rot) -> Work | None:
    """Why the deal is in the list, if it is."""
    row = Work(
        "risk", deal.name, deal.get_absolute_url(), "", deal.amount, deal.currency.code, icon="target",
        key=key_of(deal), record=deal, fix="step",
    )  # fmt: skip
    stays = ", ".join(filter(None, [rot.words if rot.is_rotten else "", stay_of(deal, usual)]))
    if deal.next_step and deal.next_step_on and deal.next_step_on <= today:
        why = _("next step: %s") % deal.next_step
        return replace(row, urgency="late" if deal.next_step_on < today else "due", why=why)
    if not deal.next_step and not deal.planned:
        return replace(
            row, urgency="risk" if stays else "open", why=", ".join(filter(None, [_("no next step"), stays]))
        )
    return replace(row, why=stays) if stays else None


def stay_of(deal: Any, usual: dict[int, int]) -> str:
    """For how long the deal is in its stage, when that is longer than usual."""
    longest = usual.get(deal.stage_id)
    if not longest or deal.stage_since is None:
        return ""
    days = (timezone.now() - deal.stage_since).days
    if days <= longest:
        return ""
    return _("%(days)s days in %(stage)s (usual %(usual)s)") % {
        "days": days, "stage": deal.stage.name, "usual": longest,
    }  # fmt: skip


# --- money -----------------------------------------------------------------------------------------------------


def refused_orders(user: User) -> list[Work]:
    """Orders that the ERP did not take: each with the ERP's own words."""
    dead = OutboxMessage.objects.filter(
        state=OutboxMessage.State.DEAD, aggregate_type=Order._meta.label_lower
    ).order_by("-id")
    said = dict(dead.values_list("aggregate_id", "error_text")[:200])
    if not said:
        return []
    orders = visible(user, Order.objects.filter(public_id__in=list(said))).select_related("currency")
    return [
        Work("money", order.ref, order.get_absolute_url(), _("refused by the ERP: %s") % said[order.public_id],
             order.total, order.currency.code, icon="package", key=key_of(order), record=order, fix="fix", priority=0)
        for order in orders[:PER_KIND]
    ]  # fmt: skip


def waiting_for_approval(user: User) -> list[Work]:
    """Quotes that somebody else may not offer before this person agrees."""
    return [
        Work("due", _("Approve %s") % f"{asked.quote.ref} {asked.quote.name}",
             f"{asked.quote.get_absolute_url()}#approval", "; ".join(words(asked.excesses, user)), asked.quote.total,
             asked.quote.currency.code, icon="stamp", key=key_of(asked.quote), record=asked.quote, fix="decide")
        for asked in waiting_approvals(user)[:PER_KIND]
    ]  # fmt: skip


def expiring_quotes(user: User) -> list[Work]:
    """Offers on the customers' desks that end soon."""
    today = timezone.localdate()
    soon = Quote.objects.filter(
        status=Quote.Status.ACTIVE, expires_on__gte=today, expires_on__lte=today + SOON
    )
    quotes = of(user, soon).select_related("currency")
    return [
        Work("money", f"{quote.ref} {quote.name}", quote.get_absolute_url(),
             _("expires on %s") % day_text(quote.expires_on), quote.total, quote.currency.code, icon="file-text",
             key=key_of(quote), record=quote, fix="step")
        for quote in quotes.order_by("expires_on", "id")[:PER_KIND]
    ]  # fmt: skip


def overdue_invoices(user: User) -> list[Work]:
    """Money that is owed for too long, for those who collect it."""
    late = visible(user, Invoice.objects.filter(balance__gt=0, due_on__lt=timezone.localdate()))
    return [
        Work("late", f"{invoice.number} {invoice.customer}", invoice.get_absolute_url(),
             _("due on %s") % day_text(invoice.due_on), invoice.balance, invoice.currency.code, icon="receipt",
             key=key_of(invoice), record=invoice)
        for invoice in late.select_related("currency", "account", "contact").order_by("due_on", "id")[:PER_KIND]
    ]  # fmt: skip


def fresh_leads(user: User) -> list[Work]:
    """Leads that nobody has spoken to and nobody plans to."""
    leads = Lead.objects.filter(owner=user, status=Lead.Status.OPEN, status_reason="new")
    leads = leads.exclude(Exists(still_open(Lead)))
    return [
        Work("open", f"{lead.name}, {lead.topic}", lead.get_absolute_url(), _("not contacted yet"), icon="user-plus",
             key=key_of(lead), record=lead, fix="step")
        for lead in leads.order_by("-id")[:NEW_LEADS]
    ]  # fmt: skip


def count_without_step(user: User) -> int:
    """Open deals for which nothing is planned."""
    rows = Opportunity.objects.filter(owner=user, status=Opportunity.Status.OPEN, next_step="")
    return int(rows.exclude(Exists(still_open(Opportunity))).count())


def split(rows: Iterable[Work]) -> tuple[list[Work], list[Work]]:
    """What is for now, and what is so late that it is folded away without being lost."""
    kept = list(rows)
    return [each for each in kept if each.urgency != "old"], [each for each in kept if each.urgency == "old"]
