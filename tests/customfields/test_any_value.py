"""Whatever is given to whichever kind: it is refused in words, or kept in one spelling that is plain JSON."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.customfields import kinds
from kernel.customfields.api import schema_of
from kernel.customfields.definitions import Definition, Kind
from kernel.customfields.expressions import expression_of
from kernel.customfields.forms import field_of, initial_of
from leads.models import Lead
from tests.factories import LeadFactory

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.decimals()
    | st.uuids(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)


def definition(kind: str, **values: Any) -> Definition:
    usual = {"decimals": 3, "choices": (("web", "Web"), ("fair", "Fair"), ("Ä", "Umlaut"))}
    return Definition(pk=1, record_type="leads.lead", name="it", label="It", kind=kind, **(usual | values))


@pytest.mark.parametrize("kind", Kind.values)
@settings(max_examples=60, deadline=None)
@given(given=ANYTHING)
def test_anything_is_refused_in_words_or_kept_in_one_spelling(kind, given):
    one = definition(kind)
    try:
        kept = kinds.cleaned(one, given)
    except ValueError as error:
        refused = str(error)
        assert refused
        return

    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert kinds.cleaned(one, kept) == kept
    assert isinstance(kinds.shown(one, kept), str)
    assert isinstance(kinds.machine_text(one, kept), str)


@settings(max_examples=80, deadline=None)
@given(number=NUMBERS)
def test_a_number_keeps_its_value_and_equal_ones_their_spelling(number):
    one = definition(Kind.NUMBER)

    kept = kinds.cleaned(one, number)

    assert Decimal(kept) == number
    assert kept == kinds.cleaned(one, f"{number:.3f}") == kinds.cleaned(one, f"  {number}")
    assert kinds.python_value(one, kept) == number


@settings(max_examples=60, deadline=None)
@given(day=st.dates())
def test_a_day_keeps_its_value(day):
    one = definition(Kind.DATE)

    assert kinds.python_value(one, kinds.cleaned(one, day)) == day
    assert kinds.cleaned(one, day) == dt.date.isoformat(day)


@settings(max_examples=60, deadline=None)
@given(chosen=st.lists(st.sampled_from(["web", "fair", "Ä"])))
def test_choices_stand_in_the_order_of_the_definition(chosen):
    kept = kinds.cleaned(definition(Kind.CHOICES), chosen)

    assert (kept or []) == [value for value in ("web", "fair", "Ä") if value in chosen]


@pytest.mark.parametrize("kind", [kind for kind in Kind.values if kind != Kind.REFERENCE])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_a_form_shows_says_the_same_again(kind, data):
    one = definition(kind)
    try:
        kept = kinds.cleaned(one, data.draw(VALUES[kind]))
    except ValueError:
        return
    form_field = field_of(one, kept)
    shown = form_field.prepare_value(initial_of(one, kept))
    typed = shown.isoformat() if isinstance(shown, dt.date) else shown

    assert form_field.clean(typed if typed is not None else "") == (
        kept if kept is not None else form_field.clean("")
    )


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=50)
VALUES: dict[str, Any] = {
    Kind.TEXT: TEXTS,
    Kind.LONG_TEXT: st.lists(TEXTS, max_size=3).map("\n".join),
    Kind.NUMBER: NUMBERS,
    Kind.DATE: st.dates(min_value=dt.date(1000, 1, 1)),
    Kind.CHOICE: st.sampled_from(["web", "fair", "Ä"]),
    Kind.CHOICES: st.lists(st.sampled_from(["web", "fair", "Ä"])),
    Kind.BOOLEAN: st.booleans(),
    Kind.URL: st.sampled_from(["https://example.com", "http://example.com/ä?x=1#y"]),
}


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_is_described(kind):
    assert schema_of(definition(kind))["description"].startswith("It.")


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(NUMBERS, min_size=2, max_size=5))
def test_the_database_sorts_numbers_as_arithmetic_does(db, numbers):
    one = definition(Kind.NUMBER)
    Lead.objects.all().delete()
    for number in numbers:
        LeadFactory(custom={"it": kinds.cleaned(one, number)})
    LeadFactory(custom={"it": "left over from before"})

    key = expression_of(one)
    found = (
        Lead.objects.annotate(key=key)
        .order_by(models.F("key").asc(nulls_last=True))
        .values_list("key", flat=True)
    )

    assert list(found) == [*sorted(numbers), None]
