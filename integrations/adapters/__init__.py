"""The ERP dialects the CRM speaks, by the kind stored on a connection."""

from collections.abc import Callable, Mapping, Sequence

from integrations.adapters.protocol import ErpAdapter
from integrations.adapters.rest.adapter import RestAdapter
from integrations.adapters.tryton.adapter import TrytonAdapter

AdapterFactory = Callable[[str, str, Mapping[str, object]], ErpAdapter]

ADAPTERS: dict[str, AdapterFactory] = {
    RestAdapter.kind: RestAdapter,
    TrytonAdapter.kind: TrytonAdapter,
}


class UnknownDialect(LookupError):
    """A connection names a kind of ERP for which there is no adapter."""


def adapter_kinds() -> Sequence[tuple[str, str]]:
    """Kind and label of every dialect, for the connection form."""
    return [(kind, getattr(factory, "label", kind)) for kind, factory in ADAPTERS.items()]


def build_adapter(
    kind: str, base_url: str, secret: str, options: Mapping[str, object] | None = None
) -> ErpAdapter:
    """The adapter for one connection; it opens no socket before it is asked something."""
    try:
        factory = ADAPTERS[kind]
    except KeyError:
        raise UnknownDialect(kind) from None
    return factory(base_url, secret, options or {})
