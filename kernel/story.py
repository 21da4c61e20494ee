"""The history in words: what each entry says to a person, from the labels of the model that it is about."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import formats

SAID = {
    "called": gettext_lazy("said what will be won"),
    "reset": gettext_lazy("took the call back"),
    "set": gettext_lazy("set the target"),
    "withdrawn": gettext_lazy("withdrew the target"),
    "judged": gettext_lazy("judged where it counts in the forecast"),
    "made_default": gettext_lazy("made it the usual one"),
    "paused": gettext_lazy("paused it"),
    "sent_now": gettext_lazy("sent it at once"),
    "subscribed": gettext_lazy("joined its readers"),
    "unsubscribed": gettext_lazy("left its readers"),
    "tile_added": gettext_lazy("put a report on it"),
    "tile_moved": gettext_lazy("moved a report on it"),
    "tile_removed": gettext_lazy("took a report off it"),
    "tile_resized": gettext_lazy("changed the size of a report on it"),
    "used": gettext_lazy("used its credit"),
    "unbilled": gettext_lazy("opened its billing again"),
    "unpaid": gettext_lazy("took a payment back"),
    "refunded": gettext_lazy("paid money back"),
    "paid_back": gettext_lazy("paid money back"),
    "reversed": gettext_lazy("reversed it"),
    "reminder_proposed": gettext_lazy("proposed a reminder"),
    "reminder_left_out": gettext_lazy("left a reminder out"),
    "copied": gettext_lazy("copied it"),
    "reissued": gettext_lazy("issued it anew"),
    "accepted": gettext_lazy("accepted it for the customer"),
    "activated": gettext_lazy("activated it"),
    "asked": gettext_lazy("asked a question"),
    "asked_for_offer": gettext_lazy("asked for a new offer"),
    "approval_asked": gettext_lazy("asked for an approval"),
    "approval_voided": gettext_lazy("changed it, so the approval is void"),
    "approved": gettext_lazy("approved it"),
    "assigned": gettext_lazy("assigned it"),
    "billed": gettext_lazy("closed the billing"),
    "canceled": gettext_lazy("canceled it"),
    "change_accepted": gettext_lazy("accepted the change that was requested"),
    "change_rejected": gettext_lazy("rejected the change that was requested"),
    "change_requested": gettext_lazy("requested a change"),
    "change_withdrawn": gettext_lazy("withdrew the request for a change"),
    "changed": gettext_lazy("changed it"),
    "closed": gettext_lazy("closed it"),
    "completed": gettext_lazy("completed it"),
    "confirmed": gettext_lazy("confirmed it"),
    "contacted": gettext_lazy("made contact"),
    "created": gettext_lazy("created it"),
    "credited": gettext_lazy("credited it"),
    "declined": gettext_lazy("declined it"),
    "credit_overridden": gettext_lazy("let it pass the credit limit"),
    "deleted": gettext_lazy("deleted it"),
    "disqualified": gettext_lazy("disqualified it"),
    "erp_reported": gettext_lazy("reported from the ERP"),
    "expired": gettext_lazy("let it expire"),
    "fulfilled": gettext_lazy("recorded a delivery"),
    "got_products": gettext_lazy("took products over"),
    "held": gettext_lazy("put it on hold"),
    "invoiced": gettext_lazy("invoiced it"),
    "lines_changed": gettext_lazy("changed the lines"),
    "link_made": gettext_lazy("made a link for the customer"),
    "link_revoked": gettext_lazy("revoked a link of the customer"),
    "linked": gettext_lazy("linked it"),
    "lost": gettext_lazy("closed it as lost"),
    "mail_canceled": gettext_lazy("took the e-mail back before it was sent"),
    "mail_failed": gettext_lazy("could not reach the recipient by e-mail"),
    "mailed": gettext_lazy("sent it by e-mail"),
    "mailed_again": gettext_lazy("sent the e-mail again"),
    "members_changed": gettext_lazy("changed what it holds"),
    "moved": gettext_lazy("moved it to another stage"),
    "offered": gettext_lazy("wrote to the customer"),
    "options_chosen": gettext_lazy("chose options"),
    "paid": gettext_lazy("recorded a payment"),
    "attached": gettext_lazy("added a file"),
    "attached_again": gettext_lazy("brought a file back"),
    "detached": gettext_lazy("took a file away"),
    "made_despite_duplicate": gettext_lazy("made it although there is one like it"),
    "merged": gettext_lazy("merged others into it"),
    "published": gettext_lazy("published it"),
    "retired": gettext_lazy("retired it"),
    "snoozed": gettext_lazy("put it off"),
    "started": gettext_lazy("started it"),
    "undo_started": gettext_lazy("began to undo it"),
    "undone": gettext_lazy("undid it"),
    "unmerged": gettext_lazy("parted what was merged"),
    "prices_changed": gettext_lazy("changed prices"),
    "prices_locked": gettext_lazy("locked the prices"),
    "prices_put_back": gettext_lazy("took a change of many prices back"),
    "prices_raised": gettext_lazy("changed many prices at once"),
    "prices_unlocked": gettext_lazy("unlocked the prices"),
    "promised": gettext_lazy("promised dates"),
    "qualified": gettext_lazy("qualified it"),
    "quantities_told": gettext_lazy("noted what comes later or never"),
    "rates_changed": gettext_lazy("changed the rates"),
    "related_changed": gettext_lazy("changed what goes with it"),
    "received": gettext_lazy("received it"),
    "reminded": gettext_lazy("reminded the customer"),
    "rejected": gettext_lazy("did not approve it"),
    "reopened": gettext_lazy("reopened it"),
    "rest_closed": gettext_lazy("closed the rest"),
    "resumed": gettext_lazy("took it off hold"),
    "revised": gettext_lazy("replaced it by a new revision"),
    "sent": gettext_lazy("marked it as sent"),
    "sent_again": gettext_lazy("sent it again"),
    "skipped": gettext_lazy("decided not to send it"),
    "submitted": gettext_lazy("submitted it"),
    "succeeded": gettext_lazy("made the list that takes over from it"),
    "taken": gettext_lazy("took it from the queue"),
    "sent_web_form_again": gettext_lazy("sent the web form again"),
    "released": gettext_lazy("decided that it is no spam"),
    "discarded": gettext_lazy("discarded it as spam"),
    "qualification_undone": gettext_lazy("took the qualification back"),
    "unlinked": gettext_lazy("took the link away"),
    "moved_up": gettext_lazy("moved it up"),
    "moved_down": gettext_lazy("moved it down"),
    "viewed": gettext_lazy("looked at it"),
    "purged": gettext_lazy("purged it"),
    "restored": gettext_lazy("restored it"),
    "removed": gettext_lazy("removed it"),
    "purge_asked": gettext_lazy("asked to purge it"),
    "moved_place": gettext_lazy("changed its place"),
    "won": gettext_lazy("closed it as won"),
}


def said(verb: str) -> str:
    """What was done, as the rest of a sentence that begins with a name."""
    return str(SAID.get(verb) or verb.replace("_", " "))


def word(kind: str, name: str, code: str) -> str:
    """A status or a reason as pages call it."""
    field = field_of(kind, name)
    labels = dict(field.flatchoices) if field else {}
    return str(labels.get(code) or code.replace("_", " "))


def noted(note: str, currency: str = "") -> str:
    """A note as it was written; a bare figure is the amount that was paid."""
    bare = note.replace(".", "", 1)
    return formats.money(Decimal(note), currency) if bare.isascii() and bare.isdigit() else note


def changed(kind: str, changes: dict[str, Any], currency: str = "") -> Iterator[tuple[str, str, str]]:
    """Each change as (what, before, after); what never had a value and got none is not worth a line."""
    for name, change in changes.items():
        if name.startswith("custom."):
            # Templates load this module before there are models, so what knows added fields comes later.
            added = import_string("kernel.customfields.facts.told")(kind, name, change)
            if added[1] != added[2]:
                yield added
            continue
        field = field_of(kind, name)
        label = str(field.verbose_name) if field else name.replace("_", " ")
        pair = change if isinstance(change, list | tuple) and len(change) == 2 else [None, change]
        before, after = (shown(field, value, currency) for value in pair)
        if before != after:
            yield label[:1].upper() + label[1:], before, after


def shown(field: Any, value: Any, currency: str = "") -> str:
    """A remembered value as its column would show it: amounts, days and choices are not left as they are kept."""
    if value is None or value == "":
        return formats.NOTHING
    if isinstance(value, bool) or isinstance(field, models.BooleanField):
        return _("Yes") if value in (True, "True") else _("No")
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value) or value)
    if isinstance(field, models.DecimalField):
        return figure(field, value, currency)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return day(value)
    return str(value)


def figure(field: Any, value: Any, currency: str) -> str:
    """A number: an amount of money as money, a share with its sign, anything else without idle zeros."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if "percent" in field.name or field.name == "probability":
        return formats.percent(number)
    if "quantity" in field.name:
        return formats.number(number)
    return formats.money(number, currency)


def day(value: Any) -> str:
    try:
        return formats.day_text(dt.date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def field_of(kind: str, name: str) -> Any:
    """The model field that an entry speaks about; nothing where it speaks of something else."""
    try:
        found = apps.get_model(kind)._meta.get_field(name) if kind else None
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if found is not None and found.concrete else None  # not what only points back at it
