"""Getting acquainted with an ERP: who it is, and whether it calls us."""

import base64
import secrets as randomness
from collections.abc import Mapping

from django.urls import reverse

from integrations import actions
from integrations.adapters.protocol import ErpError
from integrations.dialects import open_adapter
from integrations.models import Connection


class Unreachable(Exception):
    """The ERP could not be asked, in its words or ours."""


def probe(connection: Connection) -> Mapping[str, str]:
    """What the ERP says about itself, remembered on the connection."""
    with open_adapter(connection) as adapter:
        try:
            facts = adapter.probe()
        except Exception as failure:
            raise Unreachable(str(adapter.classify(failure))) from failure
    actions.note_facts(connection, facts)
    return facts


def subscribe(connection: Connection, our_address: str) -> bool:
    """Ask the ERP to call us, with a new secret; False where it only can be polled."""
    callback = our_address.rstrip("/") + reverse("integrations:hook", args=[connection.code])
    secret = "whsec_" + base64.b64encode(randomness.token_bytes(32)).decode()
    with open_adapter(connection) as adapter:
        if not adapter.capabilities.verifies_notifications:
            return False
        actions.save_connection(connection, webhook_secret=secret)
        try:
            adapter.ensure_subscription(callback, secret)
        except ErpError as error:
            raise Unreachable(str(error)) from error
    return True
