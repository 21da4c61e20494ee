"""What visitors send: it becomes a lead, is folded into one, or waits as suspected spam. Nothing is ever dropped."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import history
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.models import fold
from leads.actions import create_lead
from leads.models import Lead, WebEntry, WebForm
from people.models import User
from people.service import service_user

FOLDED_WITHIN = timedelta(minutes=10)
LONGEST_NOTE = 300
REFUSED = "refused: "
Status = WebEntry.Status


@dataclass(frozen=True)
class Visit:
    """What is known of a visitor beside what they typed."""

    address: str | None = None
    came_from: str = ""
    suspicions: tuple[str, ...] = field(default=())


@transaction.atomic
def receive_entry(form: WebForm, values: Mapping[str, Any], *, consent: bool, visit: Visit) -> WebEntry:
    """Take what a visitor sent. The form's row is held, so that two equal entries at the same moment make one lead."""
    form = WebForm.objects.select_for_update().get(pk=form.pk)
    sent: dict[str, Any] = {
        "form": form, "values": plain_json(values), "consent": consent, "suspicions": list(visit.suspicions),
        "person": person_of(form, values), "digest": digest_of(values), "address": visit.address,
        "came_from": visit.came_from[:300],
    }  # fmt: skip
    if (first := sent_before(form, sent)) is not None:
        return fold_into(first, WebEntry(**sent, folded_into=first, lead=first.lead, status=Status.FOLDED))
    if visit.suspicions:
        return kept(WebEntry(**sent, status=Status.QUARANTINED))
    try:
        with transaction.atomic():
            lead = lead_from(WebEntry(**sent), by=service_user("web"))
            return kept(WebEntry(**sent, lead=lead, status=Status.ACCEPTED))
    except DomainError as refusal:
        # A rule of the house that the form does not know of: a person has to look, the visitor cannot mend it.
        reasons = [f"{REFUSED}{refusal}"[:LONGEST_NOTE]]
        return kept(WebEntry(**{**sent, "suspicions": reasons}, status=Status.QUARANTINED))


def kept(entry: WebEntry) -> WebEntry:
    entry.save(force_insert=True)
    return entry


def lead_from(entry: WebEntry, *, by: User) -> Lead:
    """The lead that an entry makes; the form, else the rules, say whose it is."""
    form, typed = entry.form, {name: value for name, value in entry.values.items() if value not in ("", None)}
    values: dict[str, Any] = {
        "topic": form.topic, "source": form.source, "campaign": form.campaign, **typed,
        "owner": form.owner if form.owner and form.owner.is_active else None, "team": form.team,
    }  # fmt: skip
    if entry.consent:
        values["consent_at"] = entry.received_at or timezone.now()
        values["consent_note"] = f"{form.name}: {form.consent_text}"[:LONGEST_NOTE]
    return create_lead(by=by, **values)


def sent_before(form: WebForm, sent: Mapping[str, Any]) -> WebEntry | None:
    """The entry of the same person by the same form a few minutes ago: sent twice, or sent again with a correction."""
    recent = WebEntry.objects.filter(
        form=form, person=sent["person"], received_at__gte=timezone.now() - FOLDED_WITHIN
    ).order_by("-id")
    if sent["suspicions"]:
        return recent.filter(status=Status.QUARANTINED).first()
    return recent.filter(status=Status.ACCEPTED, lead__isnull=False).first()


def fold_into(first: WebEntry, entry: WebEntry) -> WebEntry:
    """Keep what was sent again beside what was sent first; what it says anew is told in the lead's history."""
    entry.save(force_insert=True)
    if first.lead is not None and entry.digest != first.digest:
        anew = {
            name: [first.values.get(name), value]
            for name, value in entry.values.items()
            if value != first.values.get(name)
        }
        history.record(first.lead, "sent_web_form_again", by=service_user("web"), changes=anew)
    return entry


@transaction.atomic
def release_entry(entry: WebEntry, *, by: User) -> Lead:
    """It was no spam: make the lead of it."""
    entry = held(entry)
    advance(entry.release, by=by)
    entry.lead = lead_from(entry, by=service_user("web"))
    entry.save()
    history.record(entry.lead, "released", by=by, note=_("Was held back: %s") % ", ".join(entry.suspicions))
    return entry.lead


@transaction.atomic
def discard_entry(entry: WebEntry, *, by: User) -> WebEntry:
    """It was spam; what it said is kept."""
    entry = held(entry)
    before = entry.status
    advance(entry.discard, by=by)
    entry.save()
    history.record(entry, "discarded", by=by, from_status=before)
    return entry


def held(entry: WebEntry) -> WebEntry:
    """The entry as it stands now, its row held until the transaction ends."""
    WebEntry.objects.select_for_update().filter(pk=entry.pk).exists()
    return WebEntry.objects.select_related("form", "form__owner", "form__team").get(pk=entry.pk)


def person_of(form: WebForm, values: Mapping[str, Any]) -> str:
    """A fingerprint of who sent it: by e-mail, else phone, else name and company."""
    digits = re.sub(r"\D", "", f"{values.get('phone', '')}{values.get('mobile', '')}")
    names = " ".join(str(values.get(name, "")) for name in ("first_name", "last_name", "company"))
    who = str(values.get("email", "")).strip().casefold() or digits or fold(names)
    return hashlib.sha256(f"{form.pk}:{who}".encode()).hexdigest()


def plain_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed as it is kept: texts and nothing else."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def digest_of(values: Mapping[str, Any]) -> str:
    """A fingerprint of everything that was typed."""
    return hashlib.sha256(json.dumps(plain_json(values), sort_keys=True).encode()).hexdigest()
