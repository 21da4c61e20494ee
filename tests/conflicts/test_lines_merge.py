"""Two people at the lines of one document, as the rule sees it: what was shown, what I typed, what is there now."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict

from catalog.changes import LineChange, changes_from
from catalog.editor import CELLS, table_of_lines
from catalog.line_conflicts import check_cell, check_removal, merged, shown_rows, texts
from catalog.line_merging import KEEP
from catalog.lines import lines_of
from catalog.typed_lines import typed_rows
from kernel.conflicts import EditConflict, settled
from quotes.actions import set_quote_lines
from tests.document_factories import QuoteFactory

pytestmark = pytest.mark.django_db


class Desk:
    """A person with the form open: what it showed, and what is typed into it."""

    def __init__(self, quote):
        self.quote = quote
        rows = table_of_lines(quote).rows
        self.shown = shown_rows(rows)
        self.rows = [(row.key, dict(zip(CELLS, texts(row), strict=True))) for row in rows]
        self.removed = []
        self.more = {}

    def type(self, at, **cells):
        self.rows[at][1].update(cells)

    def add(self, product, **cells):
        self.rows.append(("", dict.fromkeys(CELLS, "") | {"product": product, "quantity": "1"} | cells))

    def data(self):
        data = QueryDict(mutable=True)
        data.setlist("key", [key for key, _cells in self.rows])
        for cell in CELLS:
            data.setlist(cell, [cells[cell] for _key, cells in self.rows])
        data.setlist("remove", self.removed)
        data["shown"] = self.shown
        data["do"] = "save"
        data.update(self.more)
        return data

    def merged(self, data=None):
        data = self.data() if data is None else data
        return merged(typed_rows(data), data, lines_of(self.quote), self.quote)


@pytest.fixture
def quote():
    return QuoteFactory(lines=3)


@pytest.fixture
def desk(quote):
    return Desk(quote)


def meanwhile(quote, at, **columns):
    """Somebody else changes a line."""

    def wanted(there):
        changes = changes_from(there)
        changes[at] = replace(changes[at], **columns)
        return changes

    return set_quote_lines(quote, wanted, by=quote.owner)


def drop(quote, at):
    def wanted(there):
        return [one for place, one in enumerate(changes_from(there)) if place != at]

    return set_quote_lines(quote, wanted, by=quote.owner)


def append(quote, description):
    def wanted(there):
        last = replace(changes_from(there)[-1], product=None, key=None, description=description)
        return [*changes_from(there), last]

    return set_quote_lines(quote, wanted, by=quote.owner)


def again(conflict, **choices):
    """The form as the page of the conflict sends it."""
    data = QueryDict(mutable=True)
    for name, value in conflict.typed:
        data.appendlist(name, value)
    data["shown"] = conflict.shown
    for one in conflict.differences:
        data[one.name], data[f"theirs:{one.name}"] = one.mine, one.theirs
        data[f"pick:{one.name}"] = choices.get("pick", "mine")
    return settled(data)


def test_alone_one_gets_what_one_typed(desk):
    desk.type(1, quantity="5")
    desk.removed = [desk.rows[2][0]]
    desk.add("Setup", price="80")

    rows = desk.merged()

    assert [row.quantity for row in rows] == ["2", "5", "1"]
    assert rows[2].product == "Setup"


def test_different_cells_of_one_line_are_merged(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.type(0, discount="10")

    (first, *_rest) = desk.merged()

    assert (first.quantity, first.discount) == ("7", "10")


def test_different_lines_are_merged(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.type(2, quantity="9")

    assert [row.quantity for row in desk.merged()] == ["7", "2", "9"]


def test_the_same_change_by_both_is_no_question(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.type(0, quantity="7.0")

    assert desk.merged()[0].quantity == "7"


def test_the_same_cell_changed_by_both_is_a_choice_with_all_three_texts(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.type(0, quantity="9")

    with pytest.raises(EditConflict) as raised:
        desk.merged()

    (one,) = raised.value.differences
    assert (one.original, one.yours, one.others) == ("2", "9", "7")
    assert one.who == str(quote.owner)
    assert "Line 1" in one.line


@pytest.mark.parametrize(("pick", "quantity"), [("mine", "9"), ("theirs", "7")])
def test_the_choice_holds_and_everything_else_stays_merged(quote, desk, pick, quantity):
    meanwhile(quote, 0, quantity=Decimal(7), discount_percent=Decimal(3))
    meanwhile(quote, 1, quantity=Decimal(4))
    append(quote, "Theirs")
    desk.type(0, quantity="9")
    desk.type(2, price="44")
    desk.add("Mine")

    with pytest.raises(EditConflict) as raised:
        desk.merged()
    rows = desk.merged(again(raised.value, pick=pick))

    assert [row.quantity for row in rows[:3]] == [quantity, "4", "2"]
    assert rows[0].discount == "3"
    assert rows[2].price == "44"
    assert {row.product for row in rows[3:]} == {"Theirs", "Mine"}


def test_lines_that_others_added_stay_and_untouched_ones_they_removed_go(quote, desk):
    drop(quote, 1)
    append(quote, "Theirs")
    desk.add("Mine")

    rows = desk.merged()

    assert [row.product for row in rows[2:]] in (["Theirs", "Mine"], ["Mine", "Theirs"])
    assert len(rows) == 4


@pytest.mark.parametrize(("pick", "kept"), [("mine", True), ("theirs", False)])
def test_a_line_that_they_removed_and_i_changed_is_a_choice(quote, desk, pick, kept):
    drop(quote, 0)
    desk.type(0, quantity="9")

    with pytest.raises(EditConflict) as raised:
        desk.merged()
    rows = desk.merged(again(raised.value, pick=pick))

    assert ("9" in [row.quantity for row in rows]) is kept
    assert all(row.key == "" for row in rows if row.quantity == "9")
    assert len(rows) == (3 if kept else 2)


@pytest.mark.parametrize(("pick", "kept"), [("mine", False), ("theirs", True)])
def test_a_line_that_i_removed_and_they_changed_is_a_choice(quote, desk, pick, kept):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.removed = [desk.rows[0][0]]

    with pytest.raises(EditConflict) as raised:
        desk.merged()
    assert raised.value.differences[0].theirs == KEEP
    rows = desk.merged(again(raised.value, pick=pick))

    assert ("7" in [row.quantity for row in rows]) is kept


def test_a_line_that_i_removed_and_nobody_touched_goes(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.removed = [desk.rows[1][0]]

    assert len(desk.merged()) == 2


def test_who_moved_lines_keeps_the_order_and_the_other_one_keeps_the_cells(quote, desk):
    meanwhile(quote, 0, quantity=Decimal(7))
    desk.rows.reverse()

    assert [row.quantity for row in desk.merged()] == ["2", "2", "7"]


def test_two_people_start_an_empty_document(quote):
    desk = Desk(QuoteFactory(lines=0))
    desk.add("Mine")
    set_quote_lines(desk.quote, [LineChange(description="Theirs")], by=desk.quote.owner)

    assert {row.product for row in desk.merged()} == {"Mine", "Theirs"}


def test_without_what_was_shown_nothing_is_merged(quote, desk):
    desk.shown = ""
    desk.type(0, quantity="9")

    assert [row.quantity for row in desk.merged()] == ["9", "2", "2"]


def test_one_cell_applies_while_it_is_as_it_was_shown(quote):
    line = lines_of(quote)[0]
    meanwhile(quote, 1, quantity=Decimal(7))

    check_cell(line, "quantity", value="9", was="2", document=quote, key=str(line.key))
    check_cell(line, "price", value="50", was="40", document=quote, key=str(line.key))  # both made it 50


def test_one_cell_that_others_changed_is_a_choice(quote):
    meanwhile(quote, 0, quantity=Decimal(7))
    line = lines_of(quote)[0]

    with pytest.raises(EditConflict) as raised:
        check_cell(line, "quantity", value="9", was="2", document=quote, key=str(line.key), number=1)

    (one,) = raised.value.differences
    assert (one.name, one.original, one.yours, one.others) == (f"cell:{line.key}:quantity", "2", "9", "7")
    assert raised.value.conflicts[0]["theirs"] == "7"


def test_a_cell_of_a_line_that_is_gone_is_a_choice(quote):
    key = str(lines_of(quote)[0].key)
    drop(quote, 0)

    with pytest.raises(EditConflict) as raised:
        check_cell(None, "quantity", value="9", was="2", document=quote, key=key, number=1)

    assert raised.value.differences[0].name == f"cell:{key}:row"


def test_removing_a_line_that_others_changed_is_a_choice(quote):
    shown = "\t".join(texts(table_of_lines(quote).rows[0]))
    check_removal(lines_of(quote)[0], was=shown, document=quote, number=1)
    meanwhile(quote, 0, quantity=Decimal(7))

    with pytest.raises(EditConflict):
        check_removal(lines_of(quote)[0], was=shown, document=quote, number=1)
