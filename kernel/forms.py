"""Between forms and actions: a refusal becomes words beside the field, and what was typed stays."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict

from kernel.errors import DomainError

T = TypeVar("T")


def attempt(form: Any, action: Callable[[], T]) -> T | None:
    """What the action gives; when it refuses, nothing, and the form says why."""
    try:
        return action()
    except DomainError as refusal:
        form.refusal = refusal
        if isinstance(form, forms.BaseFormSet):
            form.explain(refusal)  # type: ignore[attr-defined]
        else:
            explain(form, refusal)
        return None


def explain(form: Any, refusal: DomainError) -> None:
    """Put every reason beside the field it speaks of."""
    for name, text in [(b.field, b.text) for b in refusal.blockers] or [(refusal.field, refusal.text)]:
        form.add_error(name if name in form.fields else None, str(text))


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the input, if there is one."""
    return request.POST if request.method == "POST" else None


def status_of(form: Any) -> int:
    """The HTTP status of the page that shows the form: 200 untouched, 422 wrong, 409 too late."""
    refusal = getattr(form, "refusal", None)
    if refusal is not None:
        return int(refusal.status)
    return 422 if form.is_bound and not form.is_valid() else 200


def use_native_picker(field: forms.Field) -> None:
    """Let the browser ask for days and moments; without its help they are typed as 2026-03-31."""
    if isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    elif isinstance(field, forms.DateField):
        field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def plain(number: Decimal) -> str:
    """A number as one would type it: 5000, not 5000.0000."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class RecordForm(forms.ModelForm[Any]):
    """A form over a record that never saves it: the action does, with ``cleaned_data``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            use_native_picker(field)
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = plain(self.initial[name])

    def clean(self) -> dict[str, Any]:
        # Not calling super() leaves uniqueness and constraints to the action and the database: their texts
        # speak of constraint names, while Model.clean() speaks of the business.
        return self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form only says what is wanted; call the action.")
