"""Delivery of outbox messages to an ERP: an order reaches it once, whatever dies on the way."""

import logging
import time

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import actions, gate, journal, outgoing
from integrations import job as at_work
from integrations.adapters.protocol import AuthFailed, Certainty, Conflict, ErpError, RateLimited, Transient
from integrations.dialects import lease_of, open_adapter
from integrations.job import Job, LeaseLost, unclear_until
from integrations.models import Connection
from integrations.pushing import OPERATIONS, wait
from kernel import relay
from kernel.errors import DomainError
from kernel.relay import Fault

logger = logging.getLogger(__name__)


def deliver(destination: str, *, seconds: float = 60) -> int:
    """Deliver what is due at one connection, for a while; returns how many messages were taken up."""
    at_work.refuse_in_transaction()
    connection = Connection.objects.filter(code=destination).first()
    if connection is None or not gate.is_open(connection):
        return 0
    ends, taken = time.monotonic() + seconds, 0
    with open_adapter(connection) as adapter:
        while time.monotonic() < ends and gate.is_open(connection):
            batch = relay.claim(destination, lease=lease_of(connection))
            if not batch:
                break
            deliver_message(Job(connection, adapter, batch[0]))
            taken += 1
    return taken


def deliver_message(job: Job) -> None:
    """Take one leased message as far as it gets now, and say in its row where it stands."""
    at_work.passed("after lease")
    journal.close_interrupted(job.message)
    operation = OPERATIONS.get(job.message.topic)
    if operation is None:
        text = _("The connection does not know what to do with “%s”.") % job.message.topic
        relay.bury(job.message, error=Fault("unknown_topic", job.message.topic, text))
        return
    try:
        operation(job)
    except LeaseLost:
        logger.warning("Lost the lease of %s", job.message.message_id)
    except DomainError as refusal:
        relay.bury(job.message, error=Fault("rejected", refusal.code, str(refusal)))
    except ErpError as error:
        settle(job, error)
    except Exception as bug:
        # A bug of ours or a hostile answer costs this message a retry, never the others their turn.
        logger.exception("Delivery of %s failed", job.message.message_id)
        fault = Fault("crash", type(bug).__name__, str(bug))
        try_later(job, ErpError(str(bug)), fault)


def settle(job: Job, error: ErpError) -> None:
    """Decide what a failed call means: for the connection, for this message, for a person."""
    fault = Fault(type(error).__name__, error.remote_code, outgoing.in_words(error))
    if isinstance(error, AuthFailed):
        actions.break_connection(job.connection, reason=error.text)
        relay.release(job.message)
        return
    if isinstance(error, Transient | Conflict) or error.certainty is not Certainty.REFUSED:
        gate.note_failure(job.connection, error.text)
        try_later(job, error, fault)
    else:
        relay.bury(job.message, error=fault)


def try_later(job: Job, error: ErpError, fault: Fault) -> None:
    """Give the message back: to be looked for while its effect is unclear, to be sent again otherwise."""
    until = unclear_until(job)
    if until and until > timezone.now():
        wait(job, fault, until=until)
    elif isinstance(error, RateLimited):
        relay.retry(job.message, error=fault, at=gate.hold(job.connection, error))
    else:
        relay.retry(job.message, error=fault)
