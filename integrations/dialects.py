"""Which adapter speaks for a connection, and how long one call to it may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from integrations import addresses
from integrations.adapters import build_adapter
from integrations.adapters.http import Patience
from integrations.adapters.protocol import ErpAdapter
from integrations.models import Connection

WRITING_DOWN = 10.0


@contextmanager
def open_adapter(connection: Connection) -> Iterator[ErpAdapter]:
    """The adapter of a connection for as long as it is needed; the address is judged anew each time."""
    addresses.check_base_url(connection.base_url)
    options = {**connection.options, "user_name": connection.user_name}
    adapter = build_adapter(connection.kind, connection.base_url, connection.secret, options)
    try:
        yield adapter
    finally:
        adapter.close()


def lease_of(connection: Connection) -> timedelta:
    """Longer than the longest call, so that only a dead worker loses its lease: 45 seconds as a rule."""
    patience = Patience.of(connection.options)
    return timedelta(seconds=patience.connect + patience.read + WRITING_DOWN)
