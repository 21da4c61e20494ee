"""Taking a qualification back: everything is as it was, unless somebody has gone on with what it made."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Attachment
from customers.actions import change_account, change_contact
from customers.models import Account, Contact
from kernel import history, outbox, snapshots
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.lifecycle import advance, check_step
from kernel.models import Record
from kernel.writing import locked
from leads.models import Lead
from leads.scoring import score
from opportunities.models import LeadQualification, Opportunity
from opportunities.models.qualifications import UNDO_WITHIN
from opportunities.next_due import refresh
from people.models import User

MODELS: dict[str, Any] = {"account": Account, "contact": Contact, "opportunity": Opportunity}
REMOVED_IN_ORDER = ("opportunity", "contact", "account")  # what points at others leaves first


def last_qualification(lead: Lead) -> LeadQualification | None:
    """How the lead was qualified last, unless that was taken back or its time is over."""
    if lead.status != Lead.Status.QUALIFIED:
        return None
    found = lead.qualifications.select_related("by").order_by("-id").first()
    if found is None or found.undone_at or found.at < timezone.now() - UNDO_WITHIN:
        return None
    return found


def undo_blockers(lead: Lead, kept: LeadQualification) -> list[Blocker]:
    """What has happened since and would be lost; nothing if it can be taken back."""
    found = []
    if lead.version != kept.lead_version:
        found.append(Blocker("touched", _("the lead was changed since"), record=str(lead)))
    for name in kept.made:
        record = MODELS[name].objects.filter(pk=kept.became[name]).first()
        if record is None:
            text = _("what it made is gone: deleted or merged")
            found.append(Blocker("gone", text, record=str(MODELS[name]._meta.verbose_name)))
        else:
            found += [
                Blocker("touched", text, record=str(record), fix_url=record.get_absolute_url())
                for text in touched(record, kept)
            ]
    moved = dict(Activity.objects.filter(pk__in=kept.moved).values_list("pk", "version"))
    if any(moved.get(int(pk)) != version for pk, version in kept.moved.items()):
        found.append(Blocker("touched", _("somebody went on with what was planned"), record=str(lead)))
    return found


def touched(record: Record, kept: LeadQualification) -> Iterator[Any]:
    """What somebody has done with a record since it was made."""
    if history.of(record).filter(pk__gt=kept.mark).exists():
        yield _("it was changed since")
    known = {int(pk) for pk in kept.moved} | set(kept.copied)
    about = {
        "regarding_type": ContentType.objects.get_for_model(record), "regarding_id": record.pk,
    }  # fmt: skip
    if Activity.objects.filter(**about).exclude(pk__in=known).exists():
        yield _("something was planned or noted about it")
    if Attachment.objects.about(record).exclude(pk__in=kept.files).exists():
        yield _("files were attached to it")
    for later in rows_after(record, kept):
        yield _("%(what)s %(this)s belongs to it") % {"what": later._meta.verbose_name, "this": later}


def rows_after(record: Record, kept: LeadQualification) -> Iterator[Record]:
    """Records that point at it and were not there when it was made."""
    own = {(MODELS[name]._meta.label, pk) for name, pk in kept.became.items()} | {
        (Lead._meta.label, kept.lead_id)
    }
    for relation in record._meta.related_objects:
        model: Any = relation.related_model
        if not issubclass(model, Record) or relation.field.many_to_many:
            continue
        here = {pk for label, pk in own if label == model._meta.label}
        row = model._default_manager.filter(**{relation.field.name: record}).exclude(pk__in=here).first()
        if row is not None:
            yield row


@transaction.atomic
def undo_qualification(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Everything that qualifying made is gone, and the lead is open as it was before.

    Raises TransitionRefused with what somebody has done since.
    """
    lead = locked(lead, version=version)
    check_step(lead.undo_qualify, by=by)
    kept = last_qualification(lead)
    if kept is None:
        text = _("It can be taken back for %(days)s days only.") % {"days": UNDO_WITHIN.days}
        raise TransitionRefused(lead, [Blocker("too_late", text, record=str(lead))], step="undo_qualify")
    for name in ("account", "contact", "opportunity"):
        MODELS[name].objects.select_for_update().filter(pk=kept.became.get(name)).exists()
    if blockers := undo_blockers(lead, kept):
        raise TransitionRefused(lead, blockers, step="undo_qualify")
    give_back(lead, kept, by)
    take_out(lead, kept, by)
    kept.undone_at, kept.undone_by = timezone.now(), by
    kept.save(update_fields=["undone_at", "undone_by"])
    return lead


def give_back(lead: Lead, kept: LeadQualification, by: User) -> None:
    """The lead has its links, its activities and its status again; what was filled in elsewhere is empty again."""
    before = lead.status
    advance(lead.undo_qualify, by=by, reason=kept.reason_before)
    lead.account_id, lead.contact_id = kept.lead_before["account"], kept.lead_before["contact"]
    score(lead)
    lead.save()
    Activity.objects.filter(pk__in=kept.moved).update(
        regarding_type=ContentType.objects.get_for_model(lead), regarding_id=lead.pk, version=F("version") + 1
    )
    Activity.objects.filter(pk__in=kept.copied).delete()
    if "opportunity" in kept.became:
        refresh([kept.became["opportunity"]])
    Attachment.objects.filter(pk__in=kept.files).delete()
    for name, values in kept.filled.items():
        empty_again(name, kept.became[name], values, by)
    if kept.linked:
        unlink(kept, by)
    history.record(lead, "qualification_undone", by=by, from_status=before)
    outbox.publish("lead.reopened", lead, by=by)


def empty_again(name: str, pk: int, values: dict[str, Any], by: User) -> None:
    """Of what was filled in, take out what still stands there."""
    record = MODELS[name].objects.filter(pk=pk).first()
    if record is None:
        return
    change: Any = change_account if name == "account" else change_contact
    still = {
        field: (None if record._meta.get_field(field).null else "")
        for field, value in values.items()
        if getattr(record, record._meta.get_field(field).attname) == value
    }
    if still:
        change(record, by=by, **still)


def unlink(kept: LeadQualification, by: User) -> None:
    """An opportunity that was there before belongs to no lead again."""
    opportunity = Opportunity.objects.filter(pk=kept.became["opportunity"], lead=kept.lead_id).first()
    if opportunity is not None:
        opportunity = locked(opportunity)
        opportunity.lead = None
        opportunity.save()
        history.record(opportunity, "unlinked", by=by, note=str(kept.lead))


def take_out(lead: Lead, kept: LeadQualification, by: User) -> None:
    """What was made leaves for the recycle bin, whole."""
    for name in [name for name in REMOVED_IN_ORDER if name in kept.made]:
        record = MODELS[name].objects.get(pk=kept.became[name])
        try:
            snapshots.remove(record, by=by, note=str(_("%(lead)s: qualification undone") % {"lead": lead}))
        except DomainError as refusal:
            raise TransitionRefused(lead, refusal.blockers, step="undo_qualify") from refusal
        outbox.publish(f"{name}.deleted", record, by=by)
