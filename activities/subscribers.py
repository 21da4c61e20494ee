"""News of documents reach who follows them; the apps above are known by word only."""

from typing import Any

from django.apps import apps

from activities.actions import hear_news
from kernel.models import OutboxMessage
from kernel.outbox import subscribe

# News worth a notification; that something was created is told to nobody, because nobody follows it yet.
TOPICS = (
    "lead.qualified", "lead.disqualified", "opportunity.moved", "opportunity.won", "opportunity.lost",
    "quote.activated", "quote.sent", "quote.approved", "quote.rejected", "quote.revised", "quote.accepted",
    "quote.expired", "quote.closed", "order.submitted", "order.confirmed_in_erp", "order.changed", "order.promised",
    "order.change_requested", "order.fulfilled", "order.canceled", "invoice.confirmed", "invoice.sent",
    "invoice.paid", "invoice.unpaid", "invoice.credited", "invoice.canceled", "invoice.reminded",
)  # fmt: skip
ASSIGNED = ("lead.assigned", "opportunity.assigned", "quote.assigned", "order.assigned", "invoice.assigned")


def tell(message: OutboxMessage) -> None:
    """Tell the followers of the record that the news is about."""
    if (record := record_of(message)) is not None:
        hear_news(record, message.topic, by=message.actor)


def record_of(message: OutboxMessage) -> Any:
    """The record, unless it is gone by now."""
    model: Any = apps.get_model(message.aggregate_type)
    return model._default_manager.filter(public_id=message.aggregate_id).first()


for topic in (*TOPICS, *ASSIGNED):
    subscribe(topic)(tell)
