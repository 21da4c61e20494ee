"""Between forms and actions: a refusal becomes words beside the field, and what was typed stays.

A form over a record carries what it showed. If somebody else has saved meanwhile, ``keep`` merges what only one of
the two changed and asks about the rest; see kernel.conflicts.
"""

import json
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kernel.conflicts import settled
from kernel.customfields.definitions import Definition, takes_fields
from kernel.customfields.forms import add_fields, form_name, gathered
from kernel.errors import Conflict, DomainError
from kernel.merging import Merge, shown_by, snapshot
from kernel.writing import stated_version

T = TypeVar("T")
MOST_TRIES = 5


def attempt(form: Any, action: Callable[[], T]) -> T | None:
    """What the action gives; when it refuses, nothing, and the form says why."""
    try:
        return action()
    except DomainError as refusal:
        tell(form, refusal)
        return None


def tell(form: Any, refusal: DomainError) -> None:
    """Let the form say why it was refused."""
    form.refusal = refusal
    if isinstance(form, forms.BaseFormSet):
        form.explain(refusal)  # type: ignore[attr-defined]
    else:
        explain(form, refusal)


def explain(form: Any, refusal: DomainError) -> None:
    """Put every reason beside the field it speaks of."""
    for name, text in [(b.field, b.text) for b in refusal.blockers] or [(refusal.field, refusal.text)]:
        place = form_name(name)
        form.add_error(place if place in form.fields else None, str(text))


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the input, if there is one, with what was decided about a conflict."""
    return settled(request.POST) if request.method == "POST" else None


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

    definitions: tuple[Definition, ...] = ()  # the fields that the organization has added

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            use_native_picker(field)
            if isinstance(self.initial.get(name), Decimal):
                self.initial[name] = plain(self.initial[name])
        if takes_fields(self._meta.model):
            add_fields(self)

    def full_clean(self) -> None:
        """Everything that was said of added fields stands under ``custom`` in what actions get."""
        super().full_clean()
        if self.definitions and hasattr(self, "cleaned_data"):
            self.typed = dict(self.cleaned_data)
            self.cleaned_data = gathered(self.typed, self.definitions, self.instance.custom or {})

    def visible_fields(self) -> list[Any]:
        """The form's own fields; those that were added to the record are drawn below them."""
        added = {one.form_name for one in self.definitions}
        return [bound for bound in super().visible_fields() if bound.name not in added]

    def said_by(self, name: str) -> Any:
        """What one field says."""
        return getattr(self, "typed", self.cleaned_data).get(name)

    @property
    def shown(self) -> str:
        """What the fields showed when this form was first filled in, for the form to carry along."""
        if self.is_bound and "shown" in self.data:
            return str(self.data["shown"])
        return json.dumps(shown_by(self)) if self.instance.pk else ""

    def said_of_fields(self, names: Collection[str] | None = None) -> dict[str, Any]:
        """The value of every field, or of these."""
        said = {**getattr(self, "typed", {}), **self.cleaned_data}
        chosen = {name: said[name] for name in (self.fields if names is None else names) if name in said}
        return gathered(chosen, self.definitions, getattr(self.instance, "custom", None) or {})

    def clean(self) -> dict[str, Any]:
        # Not calling super() leaves uniqueness and constraints to the action and the database: their texts
        # speak of constraint names, while Model.clean() speaks of the business.
        return self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        raise TypeError("A form only says what is wanted; call the action.")


# --- two people at one record --------------------------------------------------------------------------------


def keep(
    request: HttpRequest, form: RecordForm, *, again: Callable[[], RecordForm], change: Callable[..., T]
) -> T | None:
    """Save what the form says by ``change(record, version=…, **values)``; nothing when that is refused in words.

    If the record has changed since the form was shown, fields that only one of the two changed are merged without
    a question; raises EditConflict where both changed one. ``again`` gives the same form, unbound, over the record as
    it stands now. However many save at once, what is written was compared with the version it is written over.
    """
    before = snapshot(form)
    version, values, merge = stated_version(request.POST), form.said_of_fields(), None
    for _turn in range(MOST_TRIES):
        noted: dict[str, str] = {"note": merge.note} if merge and merge.note else {}
        try:
            saved = change(form.instance, version=version, **noted, **values)
        except DomainError as refusal:
            if refusal.code != "stale_version" or before is None:
                tell(form, refusal)
                return None
        else:
            if noted:
                messages.info(request, noted["note"])
            return saved
        merge = Merge(form, before, again())
        version, values = merge.version, merge.values()
    tell(form, Conflict(_("Others are changing this all the time. Try again."), code="busy"))
    return None
