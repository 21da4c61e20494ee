"""What is done in an ERP about an order: create once, confirm, cancel; each looks before it acts.

Lease, search, log, create, bind: each its own transaction, none open while we talk to the ERP. Whatever is
unclear is looked for until it can no longer appear, and only then sent again. The document is built from the
order at delivery time, not stored with the message: a submitted order no longer changes, but a person may
correct a code mapping between two attempts, and that must count.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import actions, journal, outgoing
from integrations import job as at_work
from integrations.adapters.protocol import (
    AlreadyExists,
    Certainty,
    FoundOrder,
    OrderDoc,
    Rejected,
    RemoteRef,
    Transient,
    content_hash,
)
from integrations.job import Job, LeaseLost, asking, read, unclear_until, write
from integrations.models import DeliveryAttempt, ExternalReference
from kernel import relay
from kernel.errors import DomainError
from kernel.relay import Fault
from orders.models import Order

Step = DeliveryAttempt.Step
FIRST_PROBE = timedelta(seconds=15)


@dataclass(frozen=True)
class Push:
    """An order, the bond it has or shall have in the ERP, and the order in the ERP's words."""

    job: Job
    order: Order
    reference: ExternalReference
    doc: OrderDoc


def push_order(job: Job) -> None:
    """Create the order in the ERP, or find that it is there already, and bind the two."""
    order = outgoing.order_of(job.message)
    reference = actions.reserve_reference(job.connection, order, job.message)
    if outgoing.is_pointless(order, reference, job.message):
        relay.finish(job.message)
        return
    doc = outgoing.order_doc(order, job.connection, key=reference.external_key)
    check_key(job, reference.external_key)
    push = Push(job, order, reference, doc)
    if reference.remote_id:
        bring_up_to_date(push)
        return
    found = search(job, reference.external_key)
    at_work.passed("after search")
    if found is not None:
        adopt(push, found)
    elif (until := unclear_until(job, content_hash(doc))) and until > timezone.now():
        wait(job, Fault("ambiguous", text=_("Not found yet, may still appear.")), until=until)
    else:
        create(push)


def check_key(job: Job, key: str) -> None:
    """A key the ERP would cut or refuse must never leave the house."""
    promised = job.adapter.capabilities
    if len(key) > promised.key_max_length or not re.fullmatch(promised.key_pattern, key):
        raise DomainError(_("The ERP can't hold the key %s.") % key, code="key_refused")


def search(job: Job, key: str) -> FoundOrder | None:
    """The order in the ERP that carries our key; more than one is for a person to decide."""
    found = read(job, Step.SEARCH, lambda: job.adapter.find_orders(key))
    if len(found) > 1:
        numbers = ", ".join(one.ref.number or one.ref.id for one in found)
        actions.mark_conflict(job.connection, key)
        text = _("The ERP has several orders with the key %(key)s: %(numbers)s.")
        raise DomainError(text % {"key": key, "numbers": numbers}, code="duplicate_in_erp")
    return found[0] if found else None


def create(push: Push) -> None:
    """Send the create once, after writing down that it is being sent."""
    job, doc = push.job, push.doc
    fingerprint = content_hash(doc)
    attempt = actions.begin_create(
        job.connection, job.message, push.reference, journal.Request(fingerprint, outgoing.excerpt(doc))
    )
    if attempt is None:
        raise LeaseLost
    at_work.passed("after attempt row")
    key = f"{push.reference.external_key}-{fingerprint[:12]}"
    try:
        found = asking(job, attempt, lambda: job.adapter.create_order(doc, idempotency_key=key))
    except AlreadyExists:
        adopt(push, search_again(job, push.reference.external_key))
        return
    at_work.passed("after response")
    bind(push, found, attempt)


def search_again(job: Job, key: str) -> FoundOrder:
    """Read back the order the ERP says it has; if it can't be found yet, its index lags."""
    found = read(job, Step.READBACK, lambda: job.adapter.find_orders(key))
    if len(found) != 1:
        text = _("The ERP knows the key, but does not show the order yet.")
        raise Transient(text, certainty=Certainty.REFUSED)
    return found[0]


def adopt(push: Push, found: FoundOrder) -> None:
    """Bind an order that an earlier attempt made; bring its content up to ours where the ERP allows.

    Bound it is in any case: the key says whose it is, and the difference stands on the reference.
    """
    same = found.content_hash == content_hash(push.doc)
    adapter = push.job.adapter
    if not same and adapter.capabilities.can_update and found.phase in ("draft", "open"):
        with suppress(Rejected):
            found = write(push.job, Step.UPDATE, lambda: adapter.update_order(found.ref, push.doc))
    bind(push, found, None)


def bind(push: Push, found: FoundOrder, attempt: DeliveryAttempt | None) -> None:
    """Write the ERP's number on the order and finish the message, in one commit."""
    job = push.job
    confirm = job.adapter.capabilities.needs_confirm and found.phase == "draft"
    binding = actions.Binding(
        job.connection, job.message, push.order, push.reference, push.doc, found, attempt, confirm
    )
    if not actions.bind_order(binding, before_commit=lambda: at_work.passed("before bind commit")):
        if attempt:
            journal.replaced(attempt, remote_id=found.ref.id)
        raise LeaseLost
    at_work.passed("after bind commit")


def bring_up_to_date(push: Push) -> None:
    """An order that is bound already: send what changed since, or find that nothing did."""
    adapter, reference = push.job.adapter, push.reference
    if reference.pushed_hash == content_hash(push.doc) or not adapter.capabilities.can_update:
        relay.finish(push.job.message)
        return
    found = write(push.job, Step.UPDATE, lambda: adapter.update_order(remote_ref(reference), push.doc))
    bind(push, found, None)


def confirm_order(job: Job) -> None:
    """Make a draft in the ERP binding; one that is further along is left alone."""
    order = outgoing.order_of(job.message)
    reference = actions.reserve_reference(job.connection, order, job.message)
    if not reference.remote_id:
        raise DomainError(_("The order is not in the ERP yet."), code="not_bound")
    ref = remote_ref(reference)
    found = write(job, Step.CONFIRM, lambda: job.adapter.confirm_order(ref))
    finish_with(job, order, reference, found)


def cancel_order(job: Job) -> None:
    """Cancel the order in the ERP; where it never arrived there is nothing to cancel."""
    order = outgoing.order_of(job.message)
    reference = actions.reserve_reference(job.connection, order, job.message)
    if reference.remote_state == "canceled":
        relay.finish(job.message)  # The news came from there.
        return
    ref = remote_ref(reference) if reference.remote_id else None
    if ref is None:
        found = search(job, reference.external_key)
        if found is None and (until := unclear_until(job)) and until > timezone.now():
            wait(job, Fault("ambiguous", text=_("Not found yet, may still appear.")), until=until)
            return
        if found is None:
            relay.finish(job.message)
            return
        ref = found.ref
    reason = str(job.message.payload.get("reason") or order.get_status_reason_display())
    canceled = write(job, Step.CANCEL, lambda: job.adapter.cancel_order(ref, reason))
    finish_with(job, order, reference, canceled)


def finish_with(job: Job, order: Order, reference: ExternalReference, found: FoundOrder) -> None:
    """Take down the state the ERP answered with and finish the message, in one commit."""
    if not actions.finish_step(job.connection, job.message, order, reference, found):
        raise LeaseLost


def wait(job: Job, fault: Fault, *, until: datetime) -> None:
    """Look again soon, and do not send before the quarantine ends."""
    pause = relay.scaled(FIRST_PROBE) * 2 ** min(max(job.message.attempts_since_replay - 1, 0), 10)
    relay.quarantine(job.message, error=fault, until=until, at=timezone.now() + pause)


def remote_ref(reference: ExternalReference) -> RemoteRef:
    """Where the order is, as last known."""
    return RemoteRef(
        reference.remote_type,
        reference.remote_id,
        reference.remote_number,
        reference.remote_version,
        reference.remote_modified_at,
    )


OPERATIONS: dict[str, Callable[[Job], None]] = {
    "order.submitted": push_order,
    "order.changed": push_order,
    "order.confirmed_in_erp": confirm_order,
    "order.canceled": cancel_order,
}
