"""What can be done to many rows of a list at once: declared on the list, or offered to it by an upper app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules, import_string

from kernel.tables import rights

EVERY = "*"


@dataclass(frozen=True)
class BulkAction:
    """One thing to do to each of the chosen rows, each in a transaction of its own, as far as rights and rules allow.

    ``act(record, by=user, **answers)`` is the same action that the page of one record calls; it refuses by raising,
    and the row is skipped with the reason. ``form(data, user=user, model=model)`` asks once what all of them need. Both
    may be dotted paths, since declarations stand below forms. With ``page`` the rows are taken to a page of that name
    instead, as ``?pick=<ref>&pick=<ref>``; ``least`` and ``most`` say how many rows it takes.
    """

    name: str
    label: Any
    verb: str
    act: Callable[..., Any] | str = ""
    form: Any = None
    page: str = ""
    icon: str = ""
    danger: bool = False
    least: int = 1
    most: int = 0
    hint: Any = ""

    def form_class(self) -> Any:
        return import_string(self.form) if isinstance(self.form, str) else self.form

    def function(self) -> Callable[..., Any]:
        return import_string(self.act) if isinstance(self.act, str) else self.act


_loaded: list[str] = []
_offered: dict[str, dict[str, BulkAction]] = {}


def offer(action: BulkAction, *kinds: str) -> None:
    """Give the lists of these kinds of record (``lead``, ``account``; ``*`` for all) an action of an upper app.

    Called in a module ``bulk`` of the app, which is imported before the first list is drawn.
    """
    for kind in kinds or (EVERY,):
        _offered.setdefault(kind, {})[action.name] = action


def actions_of(table: Any, user: Any) -> dict[str, BulkAction]:
    """What this person may do to many rows of a list, by name."""
    if not _loaded:
        autodiscover_modules("bulk")
        _loaded.append("all")
    declared = {action.name: action for action in table.bulk}
    for kind in (table.model._meta.model_name, EVERY):
        for name, action in _offered.get(kind, {}).items():
            declared.setdefault(name, action)
    return {name: action for name, action in declared.items() if rights.may(user, action.verb, table.model)}
