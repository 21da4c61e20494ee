"""The history speaks to people: verbs, labels, amounts and days, never codes or columns."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kernel.story import SAID, changed, noted, said, word


def test_every_verb_that_an_action_writes_has_words_of_its_own() -> None:
    written = set()
    for source in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if source.parts[len(Path(settings.BASE_DIR).parts)] not in ("tests", ".venv", "var"):
            written |= set(re.findall(r'history\.record(?:_all)?\([\w.]+, "([a-z_]+)"', source.read_text()))

    assert "submitted" in written
    assert written <= set(SAID)


def test_a_verb_nobody_translated_is_at_least_readable() -> None:
    assert said("put_aside") == "put aside"


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("total", ["0.0000", "6649.81"], ("Total", "€0.00", "€6,649.81")),
        ("discount_percent", ["0.0000", "2"], ("Discount %", "0%", "2%")),
        ("requested_delivery_on", [None, "2026-12-24"], ("Requested delivery on", "–", "24 Dec 2026")),
        ("customer_po", ["", "4500-88"], ("Customer's order number", "–", "4500-88")),
        ("prices_locked", [False, True], ("Prices locked", "No", "Yes")),
        ("stage", ["Qualify", "Propose"], ("Stage", "Qualify", "Propose")),
    ],
)
def test_a_change_is_told_as_the_page_shows_the_value(name, change, told) -> None:
    (found,) = changed("orders.order", {name: change}, "EUR")

    assert found[1:] == told[1:]
    assert found[0].lower().split()[0] == told[0].lower().split()[0]


def test_what_only_looks_changed_is_not_told() -> None:
    assert list(changed("orders.order", {"freight": ["0.0000", "0"]}, "EUR")) == []


def test_statuses_and_reasons_are_told_by_their_labels() -> None:
    assert word("orders.order", "status", "submitted") == "Submitted"
    assert word("orders.order", "status_reason", "in_progress") != "in_progress"
    assert word("nobody.knows", "status", "half_done") == "half done"


def test_the_note_of_a_payment_is_an_amount() -> None:
    assert noted("193778.3400", "EUR") == "€193,778.34"
    assert noted("by phone, 3 pieces", "EUR") == "by phone, 3 pieces"
