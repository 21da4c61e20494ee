"""What the apps above add to orders: they register by name, orders ask and know none of them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.module_loading import import_string

from kernel.errors import Blocker

# findings(order): what the app knows by itself that stands in the way of submitting; quick, no call to elsewhere.
# ask_findings(order): the same, after asking elsewhere; never inside a transaction.
# owed(account): what the customer owes on invoices, in base currency.
# takes_changes(order): whether the system the order was handed to lets it be changed.
Hook = Literal["findings", "ask_findings", "owed", "takes_changes"]

_registered: dict[str, list[str]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands in the way, and what is only worth knowing."""

    blockers: tuple[Blocker, ...] = ()
    warnings: tuple[Blocker, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.blockers + other.blockers, self.warnings + other.warnings)


def register_hook(hook: Hook, path: str) -> None:
    """Add a function, given as a dotted path, from an upper app's ``AppConfig.ready``."""
    if path not in _registered[hook]:
        _registered[hook].append(path)


def answers(hook: Hook, *args: Any) -> list[Any]:
    """What every app that registered says."""
    return [import_string(path)(*args) for path in _registered[hook]]
