"""The list of messages to ERPs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from integrations import health
from integrations.models import Connection
from kernel.models import OutboxMessage
from kernel.tables import ChoiceFilter, Column, Filter, StatusFilter, Table


def tone(message: OutboxMessage) -> str:
    """How bad a message's state is."""
    return health.TONES[message.state]


class ConnectionFilter(Filter):
    """The ERP a message goes to."""

    def __init__(self) -> None:
        super().__init__("to", _("Connection"))

    def choices(self) -> Iterable[tuple[str, Any]]:
        return list(Connection.objects.values_list("code", "name"))

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(destination=value)


class MessageTable(Table):
    """What was told to ERPs, and what became of it, the newest first."""

    name, model, place = "messages", OutboxMessage, "integrations:sync"
    title = _("Messages")
    columns = (
        Column("topic", _("Message"), main=True, source=health.subject_of),
        Column("aggregate_ref", _("Record")),
        Column("created_at", _("Time"), kind="datetime"),
        Column("attempts", _("Attempts"), kind="number"),
        Column("state", _("State"), kind="badge", tone=tone),
        Column("error_text", _("Cause")),
    )
    filters = (
        StatusFilter(OutboxMessage.State, name="state"),
        ChoiceFilter("component", _("Kind"), [("orders", _("Orders")), ("invoices", _("Invoices"))]),
        ConnectionFilter(),
    )
    default_order = "-id"
    searchable = False

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return OutboxMessage.objects.exclude(destination="")
