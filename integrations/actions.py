"""Every write of the bridge that must be one commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import addresses, gate, journal, secrets
from integrations.adapters.protocol import FoundOrder, OrderDoc, content_hash
from integrations.dialects import lease_of
from integrations.models import Connection, DeliveryAttempt, ExternalReference
from integrations.writeback import record_found_order, remember
from kernel import history, relay
from kernel.errors import DomainError
from kernel.models import ComponentOwnership, OutboxMessage
from kernel.outbox import publish
from orders.models import Order
from people.access import require
from people.service import service_user

State = ExternalReference.State


# Delivery


def reserve_reference(connection: Connection, order: Order, message: OutboxMessage) -> ExternalReference:
    """The bond of an order to this ERP, its key taken once and for ever."""
    reference, _new = ExternalReference.objects.get_or_create(
        connection=connection,
        local_type=message.aggregate_type,
        local_id=order.public_id,
        defaults={"component": message.component, "external_key": message.external_key},
    )
    return reference


@transaction.atomic
def begin_create(
    connection: Connection,
    message: OutboxMessage,
    reference: ExternalReference,
    request: journal.Request,
) -> DeliveryAttempt | None:
    """Write down that the create leaves now; nothing if the lease is gone."""
    if not relay.renew(message, lease=lease_of(connection)):
        return None
    reference.state = State.CREATING
    reference.first_send_at = reference.first_send_at or timezone.now()
    reference.save()
    return journal.begin(
        connection,
        message,
        journal.Step.CREATE,
        writes=True,
        request=request,
    )


@dataclass(frozen=True)
class Binding:
    """An order and the document the ERP has for it, about to be tied together."""

    connection: Connection
    message: OutboxMessage
    order: Order
    reference: ExternalReference
    doc: OrderDoc
    found: FoundOrder
    attempt: DeliveryAttempt | None
    confirm: bool


@transaction.atomic
def bind_order(binding: Binding, *, before_commit: Callable[[], None] = lambda: None) -> bool:
    """Tie both ends, write the ERP's figures on the order, finish the message; False if the lease is gone."""
    if not relay.finish(binding.message):
        return False
    reference, found = binding.reference, binding.found
    reference.state = State.LINKED
    reference.local_version_pushed = binding.order.version
    reference.pushed_hash = content_hash(binding.doc)
    reference.last_pushed_at = timezone.now()
    remember(reference, found.ref, found.phase, found.content_hash)
    if binding.attempt:
        journal.succeed(binding.attempt, remote_id=found.ref.id)
    by = service_user("integration")
    record_found_order(binding.connection, binding.order, found, by=by)
    if binding.confirm:
        code = binding.connection.code
        publish("order.confirmed_in_erp", binding.order, by=by, destination=code)
    before_commit()
    return True


@transaction.atomic
def finish_step(
    connection: Connection,
    message: OutboxMessage,
    order: Order,
    reference: ExternalReference,
    found: FoundOrder,
) -> bool:
    """Take down what the ERP answered to a later step and finish its message; False if the lease is gone."""
    if not relay.finish(message):
        return False
    reference.state = State.LINKED
    remember(reference, found.ref, found.phase, found.content_hash)
    record_found_order(connection, order, found, by=service_user("integration"))
    return True


@transaction.atomic
def mark_conflict(connection: Connection, key: str) -> None:
    """Remember that the ERP has more than one document under our key."""
    ExternalReference.objects.filter(connection=connection, external_key=key).update(state=State.CONFLICT)


# Connections


@transaction.atomic
def save_connection(connection: Connection, *, secret: str = "", webhook_secret: str = "") -> Connection:
    """Keep a connection whose address we may call; an empty secret leaves the stored one."""
    addresses.check_base_url(connection.base_url)
    if secret:
        connection.set_secret(secret)
    if webhook_secret:
        connection.set_webhook_secret(webhook_secret)
    connection.save()
    return connection


@transaction.atomic
def note_facts(connection: Connection, facts: Mapping[str, str]) -> None:
    """Remember what the ERP says about itself; one that lets us in is not broken."""
    connection.facts = dict(facts)
    connection.last_ok_at = timezone.now()
    if connection.state == Connection.State.BROKEN:
        connection.state, connection.state_reason = Connection.State.ACTIVE, ""
    connection.save()


@transaction.atomic
def reencrypt_secrets() -> int:
    """Encrypt every secret anew under the current key; returns how many connections were touched."""
    found = list(Connection.objects.select_for_update())
    for connection in found:
        for name in ("secret_ciphertext", "webhook_secret_ciphertext", "webhook_previous_ciphertext"):
            if clear := secrets.decrypt(getattr(connection, name)):
                ciphertext, connection.secret_key_id = secrets.encrypt(clear)
                setattr(connection, name, ciphertext)
        connection.save()
    return len(found)


@transaction.atomic
def break_connection(connection: Connection, *, reason: str) -> None:
    """Stop a connection that the ERP won't let in, until a person has looked."""
    _turn(connection, Connection.State.BROKEN, by=service_user("integration"), reason=reason)
    gate.note_failure(connection, reason)


@transaction.atomic
def pause_connection(connection: Connection, *, by: Any, reason: str) -> None:
    """Send and fetch nothing until somebody resumes; what is queued stays queued."""
    require(by, "pause", connection)
    if not reason.strip():
        raise DomainError(_("Say why, so that others know."), code="required", field="reason")
    _turn(connection, Connection.State.PAUSED, by=by, reason=reason)


@transaction.atomic
def resume_connection(connection: Connection, *, by: Any) -> None:
    """Send and fetch again."""
    require(by, "pause", connection)
    Connection.objects.filter(pk=connection.pk).update(breaker_opened_at=None, hold_until=None)
    connection.refresh_from_db()
    _turn(connection, Connection.State.ACTIVE, by=by, reason="")


def _turn(connection: Connection, state: str, *, by: Any, reason: str) -> None:
    connection.state = state
    connection.state_reason = reason[:300]
    connection.state_changed_at = timezone.now()
    connection.state_changed_by = by
    connection.save(
        update_fields=["state", "state_reason", "state_changed_at", "state_changed_by", "updated_at"]
    )
    history.record(connection, f"connection.{state}", by=by, note=reason)


# Messages


@transaction.atomic
def send_again(message: OutboxMessage, *, by: Any) -> None:
    """Send a message again that needed a person."""
    require(by, "replay", message)
    if not relay.replay(message):
        raise DomainError(
            _("It is not waiting for a person, so there is nothing to send again."), code="wrong_state"
        )
    history.record(message, "sent_again", by=by)


@transaction.atomic
def send_cause_again(message: OutboxMessage, *, by: Any) -> int:
    """Send every message again that waits for the same cause; returns how many."""
    require(by, "replay", message)
    same = OutboxMessage.objects.filter(
        state=OutboxMessage.State.DEAD,
        destination=message.destination,
        error_class=message.error_class,
        error_code=message.error_code,
        error_text=message.error_text,
    )
    found = [one for one in same.order_by("id") if relay.replay(one)]
    history.record_all(found, "sent_again", by=by)
    return len(found)


@transaction.atomic
def skip_message(message: OutboxMessage, *, by: Any, reason: str) -> None:
    """Decide that a message will not be sent."""
    require(by, "replay", message)
    if not reason.strip():
        raise DomainError(_("Say why, so that others know."), code="required", field="reason")
    if not relay.skip(message, reason=reason):
        raise DomainError(_("It is on its way or done, so it can't be skipped."), code="wrong_state")
    history.record(message, "skipped", by=by, note=reason)


# Who owns what


@dataclass(frozen=True)
class Policy:
    """Which side keeps a component, and whether its documents are sent there or brought from there."""

    owner: str
    push: bool = False
    pull: bool = False


@transaction.atomic
def set_owner(connection: Connection, component: str, policy: Policy, *, by: Any) -> ComponentOwnership:
    """Say which side keeps a component; refused while messages about it are under way."""
    require(by, "change", Connection)
    waiting = OutboxMessage.objects.unfinished().filter(component=component).exclude(destination="").count()
    if waiting:
        raise DomainError(
            _("%(count)s messages about %(component)s are not delivered yet. Deliver or skip them first.")
            % {"count": waiting, "component": component},
            code="undelivered_messages",
            field="owner",
        )
    now = timezone.now()
    rows = ComponentOwnership.objects.select_for_update().current()
    before = rows.filter(connection_code=connection.code, component=component).first()
    if before and Policy(before.owner, before.push, before.pull) == policy:
        return before
    _refuse_second(rows.exclude(connection_code=connection.code), component, policy)
    if before:
        before.effective_until = now
        before.save()
    return ComponentOwnership.objects.create(
        connection_code=connection.code,
        component=component,
        owner=policy.owner,
        push=policy.push,
        pull=policy.pull,
        changed_by=by,
        changed_at=now,
    )


def _refuse_second(others: QuerySet[ComponentOwnership], component: str, policy: Policy) -> None:
    same = others.filter(component=component)
    if policy.owner == ComponentOwnership.Owner.ERP and same.filter(owner=policy.owner).exists():
        raise DomainError(_("Another connection owns it already."), code="owned_already", field="owner")
    if policy.push and same.filter(push=True).exists():
        raise DomainError(_("Another connection receives it already."), code="pushed_already", field="push")
