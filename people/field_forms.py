"""The shape of what administrators say about the fields they add."""

import unicodedata
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kernel.customfields import defining, kinds
from kernel.customfields.definitions import Kind, choices_of
from kernel.forms import RecordForm
from kernel.models import CustomField

PRINTED = frozenset({"quotes.quote", "orders.order", "invoices.invoice"})
TOLD_TO_ERPS = frozenset({"orders.order"})

SAID_OF_KINDS = {
    Kind.TEXT: _("One line of at most 200 characters, such as a promotion code."),
    Kind.LONG_TEXT: _("Several lines. It is shown and searched, but lists are not sorted by it."),
    Kind.NUMBER: _("A figure with as many decimals as you say. Lists sort and compare it as a number."),
    Kind.DATE: _("A day. Lists understand “in the last 30 days”."),
    Kind.CHOICE: _("One of the choices you name."),
    Kind.CHOICES: _("Any number of the choices you name."),
    Kind.BOOLEAN: _("A box to tick."),
    Kind.URL: _("A web address; pages show it as a link."),
    Kind.REFERENCE: _("Another record, shown by its name to those who may see it."),
}


def kinds_of_record() -> list[tuple[str, str]]:
    """The kinds of record that take fields, as choices."""
    return [(model._meta.label_lower, called(model)) for model in defining.record_types()]


def called(model: Any) -> str:
    text = str(model._meta.verbose_name_plural)
    return text[:1].upper() + text[1:]


class ChoicesField(forms.CharField):
    """A choice a line: its words, or ``value = words`` where machines are to know it by another name."""

    widget = forms.Textarea({"rows": 5, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            known if known == words else f"{known} = {words}" for known, words in choices_of(value)
        )

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        found = []
        for line in lines:
            known, equals, words = (part.strip() for part in line.partition("="))
            found.append({"value": known, "label": words if equals else known})
        return found


class DefaultField(forms.CharField):
    """A value as one would type it into the field itself."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


class FieldForm(RecordForm):
    """Everything one may say about a field; what values go by is fixed once it is there."""

    choices = ChoicesField(
        label=_("Choices"), required=False,
        help_text=_("One a line. “spring = Spring sale” shows the words and keeps the short value."),
    )  # fmt: skip
    default = DefaultField(
        label=_("Default"), required=False, help_text=_("What stands in it on a new record.")
    )

    class Meta:
        model = CustomField
        fields = (
            "record_type", "label", "name", "kind", "refers_to", "decimals", "choices", "help_text", "default",
            "is_required", "is_unique", "in_list", "in_search", "in_pdf", "in_erp",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = kinds_of_record()
        self.fields["record_type"] = forms.ChoiceField(label=_("Kind of record"), choices=known)
        self.fields["refers_to"] = forms.ChoiceField(
            label=_("Refers to"), choices=[("", "–"), *known], required=False
        )
        self.fields["name"].required = self.fields["decimals"].required = False
        self.fields["decimals"].widget = forms.NumberInput({"min": 0, "max": kinds.MOST_DECIMALS})
        for name, text in HINTS.items():
            self.fields[name].help_text = text
        if self.instance.pk:
            for name in defining.FIXED:
                del self.fields[name]
        self.leave_out()

    def leave_out(self) -> None:
        """Questions that do not arise for a field that is there already."""
        row = self.instance
        if not row.pk:
            return
        silent = {
            "decimals": row.kind != Kind.NUMBER,
            "choices": row.kind not in kinds.HAS_CHOICES,
            "is_unique": row.kind not in kinds.CAN_BE_UNIQUE,
            "in_search": row.kind not in kinds.SEARCHED,
            "default": row.kind == Kind.REFERENCE,
            "in_pdf": row.record_type not in PRINTED,
            "in_erp": row.record_type not in TOLD_TO_ERPS,
        }
        for name in [name for name, is_silent in silent.items() if is_silent]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Without a name it gets one from its label."""
        values = super().clean()
        if "name" in self.fields and not values.get("name"):
            values["name"] = name_from(values.get("label", ""))
        if "decimals" in self.fields and values.get("decimals") is None:
            values["decimals"] = 0
        return values

    def _post_clean(self) -> None:
        """The action says what fits."""

    def preview(self) -> CustomField:
        """The field as the form has it so far, to be looked at."""
        row = self.instance
        made = CustomField(**{name: getattr(row, name) for name in (*defining.FIXED, *defining.CHANGEABLE)})
        for name, value in getattr(self, "cleaned_data", {}).items():
            setattr(made, name, value)
        made.pk = row.pk
        defining.plain(made)
        return made


HINTS = {
    "label": _("What people read beside it."),
    "name": _("What machines call it; left empty, it is made from the label. It cannot be changed later."),
    "kind": _("It cannot be changed later, because values go by it."),
    "help_text": _("A line below the field, for what goes into it."),
    "is_required": _("A new record needs it. Documents that are made from others are not held up."),
    "is_unique": _("The database keeps two records from having the same value."),
    "in_list": _("The list shows it as a column to everybody who has not chosen columns."),
    "in_search": _("Search finds records by it."),
    "in_pdf": _("On quotes, orders and invoices, below the facts of the head."),
    "in_erp": _("Orders take it along to the ERP."),
}


def name_from(label: str) -> str:
    """A name for machines out of a label."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    name = slugify(plain).replace("-", "_")[:40].strip("_")
    return name if name[:1].isalpha() else f"field_{name}".strip("_")


class PurgeForm(forms.Form):
    """The name of the field, typed by somebody who means it."""

    confirmation = forms.CharField(
        label=_("Name of the field"), max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )
