"""Between forms and actions: a refusal becomes words beside the field, and what was typed stays."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from kernel.errors import DomainError

T = TypeVar("T")


def attempt(form: forms.BaseForm, action: Callable[[], T]) -> T | None:
    """What the action gives; when it refuses, nothing, and the form says why."""
    try:
        return action()
    except DomainError as refusal:
        reasons = [(b.field, b.text) for b in refusal.blockers] or [(refusal.field, refusal.text)]
        for name, text in reasons:
            form.add_error(name if name in form.fields else None, str(text))
        form.refusal = refusal  # type: ignore[attr-defined]
        return None


def status_of(form: forms.BaseForm) -> int:
    """The HTTP status of the page that shows the form: 200 untouched, 422 wrong, 409 too late."""
    refusal = getattr(form, "refusal", None)
    if refusal is not None:
        return int(refusal.status)
    return 422 if form.is_bound and form.errors else 200


class RecordForm(forms.ModelForm[Any]):
    """A form over a record that never saves it: the action does, with ``cleaned_data``."""

    def clean(self) -> dict[str, Any]:
        # Not calling super() leaves uniqueness and constraints to the action and the database: their texts
        # speak of constraint names, while Model.clean() speaks of the business.
        return self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form only says what is wanted; call the action.")
