"""Which adapter speaks for a connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.module_loading import import_string

from integrations import addresses
from integrations.adapters.protocol import ErpAdapter
from integrations.models import Connection

DIALECTS = {
    Connection.Kind.REST: "integrations.adapters.rest.adapter.RestAdapter",
    Connection.Kind.TRYTON: "integrations.adapters.tryton.adapter.TrytonAdapter",
}


@contextmanager
def open_adapter(connection: Connection) -> Iterator[ErpAdapter]:
    """The adapter of a connection for as long as it is needed; the address is judged anew each time."""
    addresses.check_base_url(connection.base_url)
    dialect = import_string(DIALECTS[Connection.Kind(connection.kind)])
    options = {**connection.options, "user_name": connection.user_name}
    adapter: ErpAdapter = dialect(connection.base_url, connection.secret, options)
    try:
        yield adapter
    finally:
        adapter.close()
