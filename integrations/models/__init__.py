"""Connections to ERPs, what is known there under which key, and the log of everything said and heard."""

from integrations.models.connections import CodeMapping, Connection
from integrations.models.references import ExternalReference
from integrations.models.traffic import DeliveryAttempt, InboxMessage, SyncCursor

__all__ = [
    "CodeMapping",
    "Connection",
    "DeliveryAttempt",
    "ExternalReference",
    "InboxMessage",
    "SyncCursor",
]
