"""How a cell of a list is changed in place: through the same form and the same action as the page of the record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Editing:
    """The action that changes a record and the form that says how; dotted paths, since lists stand beside forms.

    The action is called as ``change(record, by=user, version=…, **values)``, the form made as
    ``form(data, instance=record, user=user)``.
    """

    change: Callable[..., Any] | str
    form: Any

    def action(self) -> Callable[..., Any]:
        return import_string(self.change) if isinstance(self.change, str) else self.change

    def form_class(self) -> Any:
        return import_string(self.form) if isinstance(self.form, str) else self.form
