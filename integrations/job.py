"""One message on its way to one ERP: nothing is asked inside a transaction, everything asked is logged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from integrations import gate, journal
from integrations.adapters.protocol import CreateGuarantee, ErpAdapter, ErpError, FoundOrder
from integrations.dialects import lease_of
from integrations.models import Connection, DeliveryAttempt
from kernel import relay
from kernel.models import OutboxMessage

STRONG = (CreateGuarantee.NATIVE_UPSERT, CreateGuarantee.UNIQUE_KEY)
MARGIN = timedelta(seconds=60)


class LeaseLost(Exception):
    """Another worker has the message; whatever we know is its business now."""


@dataclass(frozen=True)
class Job:
    """One message on its way to one ERP."""

    connection: Connection
    adapter: ErpAdapter
    message: OutboxMessage

    @property
    def quarantine(self) -> timedelta:
        """How long after sending an unanswered create may still appear in the ERP."""
        promised = self.adapter.capabilities
        return relay.scaled(promised.max_server_exec + promised.index_lag + MARGIN)


def passed(step: str) -> None:
    """A named moment between two commits; tests stop the process here."""


def read(job: Job, step: str, ask: Callable[[], Any]) -> Any:
    """Ask the ERP something that changes nothing there."""
    keep_lease(job)
    attempt = journal.begin(job.connection, job.message, step)
    answer = asking(job, attempt, ask)
    journal.succeed(attempt)
    return answer


def write(job: Job, step: str, ask: Callable[[], FoundOrder]) -> FoundOrder:
    """Ask the ERP for a change that it makes once however often it is asked."""
    keep_lease(job)
    attempt = journal.begin(job.connection, job.message, step, writes=True)
    answer = asking(job, attempt, ask)
    journal.succeed(attempt, remote_id=answer.ref.id)
    return answer


def asking(job: Job, attempt: DeliveryAttempt, ask: Callable[[], Any]) -> Any:
    """One call to the ERP, outside any transaction, its failure put into words and into the log."""
    refuse_in_transaction()
    try:
        answer = ask()
    except Exception as failure:
        error = failure if isinstance(failure, ErpError) else job.adapter.classify(failure)
        journal.fail(attempt, error)
        raise error from failure
    gate.note_success(job.connection)
    return answer


def refuse_in_transaction() -> None:
    """An ERP that takes half a minute must never hold a lock of ours."""
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("No call to an ERP inside a transaction.")


def keep_lease(job: Job) -> None:
    if not relay.renew(job.message, lease=lease_of(job.connection)):
        raise LeaseLost


def unclear_until(job: Job, request_hash: str = "") -> datetime | None:
    """Until when only looking is safe; nothing when the ERP itself refuses a second create."""
    guarantee = job.adapter.capabilities.create_guarantee
    same_again = request_hash and journal.last_unclear_hash(job.message) == request_hash
    if guarantee in STRONG or (guarantee is CreateGuarantee.IDEMPOTENCY_KEY and same_again):
        return None
    return journal.unclear_until(job.message, job.quarantine)
