"""What all kinds of records that can be imported are made of: fields, keys, and rules a row must pass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from imports.fields import Field, Misfit
from imports.kinds.words import CHOICES, WORDS
from kernel import customfields
from kernel.customfields import kinds as custom_kinds
from kernel.customfields.definitions import Definition
from people.access import hidden_fields, may

LINKS = {
    "Account": "account", "Contact": "contact", "User": "owner", "Team": "team", "Currency": "currency",
    "PaymentTerms": "payment_terms", "PriceList": "price_list", "Territory": "territory", "Product": "product",
    "Unit": "unit", "ProductFamily": "family", "TaxCode": "tax_code",
}  # fmt: skip
EXTERNAL_KEY = Field(
    "external_key", _("External key"), longest=200, words=WORDS["external_key"], is_key=True,
    hint=_("What the record is called in the system the rows come from"),
)  # fmt: skip
NUMBER = Field(
    "number",
    _("Number"),
    longest=30,
    words=WORDS["number"],
    is_key=True,
    hint=_("Only finds records; never changes"),
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: the field (empty for the whole row), a code, words."""

    field: str
    code: str
    text: str


Rule = Callable[[Mapping[str, Any]], Sequence[Problem]]


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be imported."""

    name: str  # as in the address: leads
    model: Any
    label: Any  # Leads
    fields: tuple[Field, ...]
    keys: tuple[str, ...] = ()  # the fields by which a record can be found, the usual one first
    needed: tuple[str, ...] = ()
    needed_words: Any = ""
    rules: tuple[Rule, ...] = ()
    create: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None
    numbering: str = ""
    has_duplicates: bool = False
    splits_names: bool = False
    grouped_by: str = ""  # the field that holds rows together: an order and its lines
    topic: str = ""  # of the news that one was made
    prepare: Callable[[Any, list[Any]], None] | None = (
        None  # what creating does besides writing columns, for a chunk
    )
    examples: Mapping[str, str] = field(default_factory=dict)
    more_links: tuple[str, ...] = ()

    @property
    def record_type(self) -> str:
        return str(self.model._meta.label_lower)

    def fields_for(self, user: Any) -> list[Field]:
        """The fields this person may write, with those that the organization added."""
        hidden = hidden_fields(user, self.model._meta.model_name)
        own = [one for one in self.fields if one.name not in hidden]
        return own + [custom_field(one) for one in customfields.fields_of(self.model)]

    def allowed(self, user: Any) -> bool:
        """Whether this person may import such records."""
        return may(user, "import", self.model)


def model_field(model: Any, name: str, **more: Any) -> Field:
    """A column of a model as an import knows it."""
    column: Any = model._meta.get_field(name)
    made = Field(
        name=name, label=column.verbose_name, words=WORDS.get(name, ""), kind=kind_of_column(name, column),
        longest=column.max_length or 10_000, blank=None if column.null else "",
    )  # fmt: skip
    if isinstance(column, models.DecimalField):
        made = replace(made, places=column.decimal_places, digits=column.max_digits)
    if isinstance(column, models.ForeignKey):
        made = replace(made, link=LINKS[column.related_model.__name__], longest=300)
    if made.kind == "choice":
        made = replace(made, choices=tuple(column.flatchoices), choice_words=CHOICES.get(name, {}))
    if made.kind == "yesno":
        made = replace(made, blank=False)
    return replace(made, **more)


def kind_of_column(name: str, column: Any) -> str:
    """Which kind of cell a column of a model takes."""
    if name == "country":
        return "country"
    if column.choices:
        return "choice"
    kinds: tuple[tuple[Any, str], ...] = (
        (models.ForeignKey, "link"), (models.EmailField, "email"), (models.BooleanField, "yesno"),
        (models.DecimalField, "number"), (models.DateField, "date"), (models.IntegerField, "whole"),
        (models.TextField, "lines"),
    )  # fmt: skip
    return next((kind for made, kind in kinds if isinstance(column, made)), "text")


def model_fields(model: Any, *names: str) -> tuple[Field, ...]:
    return tuple(model_field(model, name) for name in names)


def custom_field(definition: Definition) -> Field:
    """A field that the organization added, as an import knows it."""
    kind = {"number": "number", "date": "date", "boolean": "yesno"}.get(definition.kind, "text")
    words = f"{definition.label}, {definition.name}"
    made = Field(definition.key, definition.label, kind, 20_000, definition.is_required, words,
                 places=definition.decimals, blank=None, hint=definition.help_text)  # fmt: skip
    if kind != "text":
        return made
    labels = {words.casefold(): value for value, words in definition.choices}

    def convert(cell: str) -> Any:
        text = cell.strip()
        try:
            return custom_kinds.cleaned(definition, labels.get(text.casefold(), text))
        except ValueError as error:
            raise Misfit("invalid", str(error)) from None

    return replace(made, convert=convert)
