"""Added fields in forms: one form field each, named ``custom_<name>``, gathered under ``custom`` for the action."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.customfields import kinds, references
from kernel.customfields.definitions import FORM_PREFIX, PREFIX, Definition, Kind, fields_of

LONGEST_NAME = 300


def add_fields(form: Any) -> None:
    """Give the form over a record a field for each that was added to its kind, with what the record has now."""
    form.definitions = fields_of(form._meta.model)
    is_new, values = form.instance.pk is None, form.instance.custom or {}
    for one in form.definitions:
        kept = values.get(one.name)
        if is_new and one.name not in values:
            kept = one.default
        form.fields[one.form_name] = field_of(one, kept)
        form.initial.setdefault(one.form_name, initial_of(one, kept))


def field_of(definition: Definition, kept: Any = None) -> forms.Field:
    """A field with its widget; it says what the action would say."""
    made: forms.Field = MAKERS.get(definition.kind, plain_field)(definition, kept)
    made.label, made.help_text, made.required = definition.label, definition.help_text, definition.is_required
    if definition.kind == Kind.BOOLEAN:
        made.required = False  # an unticked box says no, which is an answer
    return made


def initial_of(definition: Definition, kept: Any) -> Any:
    if kept in kinds.EMPTY:
        return None
    if definition.kind == Kind.REFERENCE:
        record = references.called(definition, {definition.name: kept})
        return called(record) if record is not None else kept
    return kinds.python_value(definition, kept) if definition.kind == Kind.DATE else kept


class KeptField(forms.CharField):
    """Whatever is typed becomes the kept value, or the words why it cannot."""

    def __init__(self, definition: Definition, **options: Any) -> None:
        super().__init__(strip=definition.kind != Kind.LONG_TEXT, **options)
        self.definition = definition

    def clean(self, value: Any) -> Any:
        try:
            found = kinds.cleaned(self.definition, self.meant(super().clean(value)))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None
        return found

    def meant(self, text: str) -> Any:
        return text


class NumberField(KeptField):
    """A number as the reader may write it, with a comma or a point."""

    def meant(self, text: str) -> Any:
        text = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", "")


class ReferenceField(KeptField):
    """Another record by its number, its name or its id, among those the person may see."""

    def meant(self, text: str) -> Any:
        if not text:
            return ""
        found = references.named(self.definition.refers_to, text)
        if found is None:
            raise ValidationError(
                _("Nothing clear found for “%(text)s”. Type the number, or the whole name.") % {"text": text},
                code="not_found",
            )
        return found.public_id


def plain_field(definition: Definition, kept: Any) -> forms.Field:
    most = kinds.LONGEST_URL if definition.kind == Kind.URL else kinds.LONGEST_TEXT
    return KeptField(definition, max_length=most)


def long_text_field(definition: Definition, kept: Any) -> forms.Field:
    return KeptField(definition, widget=forms.Textarea({"rows": 4}), max_length=kinds.LONGEST_LONG_TEXT)


def url_field(definition: Definition, kept: Any) -> forms.Field:
    widget = forms.URLInput({"placeholder": "https://"})
    return KeptField(definition, widget=widget, max_length=kinds.LONGEST_URL)


def number_field(definition: Definition, kept: Any) -> forms.Field:
    mode = "decimal" if definition.decimals else "numeric"
    return NumberField(definition, widget=forms.TextInput({"inputmode": mode, "class": "num"}))


def date_field(definition: Definition, kept: Any) -> forms.Field:
    return DayField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class DayField(forms.DateField):
    """A day, kept as its ISO text."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.isoformat() if found else None


def options(definition: Definition, kept: Any) -> list[tuple[str, str]]:
    """The choices there are, and those the record has although they were taken away since."""
    there = dict(definition.choices)
    now = kept if isinstance(kept, list) else [kept]
    gone = [(str(one), str(one)) for one in now if one not in kinds.EMPTY and str(one) not in there]
    return [*definition.choices, *gone]


def choice_field(definition: Definition, kept: Any) -> forms.Field:
    return ChoiceField(choices=[("", "–"), *options(definition, kept)])


def choices_field(definition: Definition, kept: Any) -> forms.Field:
    return ChoicesField(choices=options(definition, kept), widget=forms.CheckboxSelectMultiple)


class ChoiceField(forms.ChoiceField):
    """One of a few; none is no value."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


class ChoicesField(forms.MultipleChoiceField):
    """Some of a few; none is no value."""

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return [text for text, _words in self.choices if text in chosen] or None  # type: ignore[union-attr, misc]


def boolean_field(definition: Definition, kept: Any) -> forms.Field:
    return forms.BooleanField()


def reference_field(definition: Definition, kept: Any) -> forms.Field:
    widget = forms.TextInput(
        {"autocomplete": "off", "spellcheck": "false", "placeholder": _("Number or name")}
    )
    return ReferenceField(definition, widget=widget, max_length=LONGEST_NAME)


MAKERS: dict[str, Any] = {
    Kind.LONG_TEXT: long_text_field, Kind.URL: url_field, Kind.NUMBER: number_field, Kind.DATE: date_field,
    Kind.CHOICE: choice_field, Kind.CHOICES: choices_field, Kind.BOOLEAN: boolean_field,
    Kind.REFERENCE: reference_field,
}  # fmt: skip


def called(record: Any) -> str:
    """How a record is written so that people know it and the field finds it again."""
    return " ".join(filter(None, [str(getattr(record, "number", "") or ""), str(record)]))


# --- from form to action ----------------------------------------------------------


def gathered(
    said: Mapping[str, Any], definitions: Iterable[Definition], before: Mapping[str, Any]
) -> dict[str, Any]:
    """What a form says, added fields under ``custom``; an untouched empty box says nothing."""
    plain = {name: value for name, value in said.items() if not name.startswith(FORM_PREFIX)}
    custom = {one.name: said[one.form_name] for one in definitions if one.form_name in said}
    for one in definitions:
        is_untouched = one.kind == Kind.BOOLEAN and custom.get(one.name) is False and one.name not in before
        if is_untouched and not one.is_required:
            del custom[one.name]
    return plain | {"custom": custom} if custom else plain


def form_name(name: str) -> str:
    """The form field that a refusal speaks of: ``custom.promotion`` is ``custom_promotion``."""
    return f"{FORM_PREFIX}{name.removeprefix(PREFIX)}" if name.startswith(PREFIX) else name


__all__ = ["add_fields", "field_of", "form_name", "gathered"]
