"""Two browsers at the lines of one document: without JavaScript the whole form, with it one cell; nothing is lost."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.editor import CELLS
from catalog.lines import lines_of
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import UserFactory
from tests.hostile.forms import forms_of

pytestmark = pytest.mark.django_db
COLUMNS = ("key", *CELLS, "order")


class Sheet:
    """The line editor in a browser without JavaScript."""

    def __init__(self, person, document):
        self.client = Client()
        self.client.force_login(person)
        self.document, self.path = document, f"{document.get_absolute_url()}lines/"
        self.read(self.client.get(document.get_absolute_url()))

    def read(self, answer):
        self.answer = answer
        found = [
            one
            for one in forms_of(answer.content.decode())
            if "quantity" in one.fields and "key" in one.fields
        ]
        self.data = found[0].data() if found else {}

    def type(self, at, **cells):
        for name, text in cells.items():
            column = list(self.data[name])
            column[at] = text
            self.data[name] = column

    def save(self, **more):
        self.answer = self.client.post(self.path, {**self.data, "do": "save", **more}, follow=True)
        return self.answer

    def decide(self, choice):
        (form,) = [one for one in forms_of(self.answer.content.decode()) if "shown" in one.fields]
        data = form.data() | {name: choice for name in form.fields if name.startswith("pick:")}
        self.answer = self.client.post(self.path, data, follow=True)
        return self.answer


@pytest.fixture
def people():
    return [UserFactory(role="administrator", first_name=name) for name in ("Mia", "Ada")]


@pytest.fixture(params=[QuoteFactory, OrderFactory, InvoiceFactory], ids=["quote", "order", "invoice"])
def document(request):
    return request.param(lines=3)


@pytest.fixture
def sheets(people, document):
    return [Sheet(person, document) for person in people]


def quantities(document):
    return [line.quantity for line in lines_of(document)]


def test_different_lines_and_cells_are_merged_without_a_question(document, sheets):
    theirs, mine = sheets
    theirs.type(0, quantity="7")
    theirs.save()
    mine.type(0, discount="10")
    mine.type(2, quantity="9")

    answer = mine.save()

    assert answer.redirect_chain
    assert quantities(document) == [7, 2, 9]
    assert lines_of(document)[0].discount_percent == 10


def test_the_same_cell_is_a_page_with_a_choice_and_nothing_is_written_before(document, sheets):
    theirs, mine = sheets
    theirs.type(0, quantity="7")
    theirs.save()
    mine.type(0, quantity="9")
    mine.type(1, quantity="4")

    answer = mine.save()

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You both changed this" in page
    assert "Line 1" in page
    assert "Mia" in page
    assert quantities(document) == [7, 2, 2]


@pytest.mark.parametrize(("choice", "first"), [("mine", 9), ("theirs", 7)])
def test_the_choice_holds_with_everything_else_of_both(document, sheets, choice, first):
    theirs, mine = sheets
    theirs.type(0, quantity="7")
    theirs.type(2, discount="5")
    theirs.save()
    mine.type(0, quantity="9")
    mine.type(1, quantity="4")
    mine.save()

    answer = mine.decide(choice)

    assert answer.redirect_chain
    assert quantities(document) == [first, 4, 2]
    assert lines_of(document)[2].discount_percent == 5


def test_lines_added_by_both_are_all_there(document, sheets):
    for sheet, text in zip(sheets, ("Theirs", "Mine"), strict=True):
        at = len(sheet.data["key"]) - 1
        sheet.type(at, product=text, quantity="1", price="5")
        assert sheet.save().redirect_chain

    assert {"Theirs", "Mine"} <= {line.description for line in lines_of(document)}
    assert len(lines_of(document)) == 5


def test_a_line_removed_by_one_and_changed_by_the_other_is_a_choice(document, sheets):
    theirs, mine = sheets
    theirs.save(remove=theirs.data["key"][0])
    mine.type(0, quantity="9")

    answer = mine.save()
    mine.decide("mine")

    assert answer.status_code == 409
    assert "Removed" in answer.content.decode()
    assert sorted(quantities(document)) == [2, 2, 9]


# --- with JavaScript: one cell ------------------------------------------------------------------------------------


def cell(person, document, line, name, *, value, was, version):
    client = Client()
    client.force_login(person)
    data = {"do": "cell", "line": line.key, "cell": name, "value": value, "was": was, "version": version}
    return client.post(f"{document.get_absolute_url()}lines/", data, headers={"X-Lines": "1"})


def test_a_cell_applies_though_others_changed_other_things_and_brings_what_they_did(document, people):
    first, second, _third = lines_of(document)
    version = document.version
    cell(people[0], document, first, "quantity", value="7", was="2", version=version)

    answer = cell(people[1], document, second, "quantity", value="9", was="2", version=version)

    assert answer.status_code == 200
    assert quantities(document) == [7, 9, 2]
    assert str(first.key) in answer.content.decode()  # the row that the other one changed comes along


def test_a_cell_that_others_changed_is_a_choice_in_the_row_and_mine_goes_through_after_it(document, people):
    first = lines_of(document)[0]
    version = document.version
    cell(people[0], document, first, "quantity", value="7", was="2", version=version)

    refused = cell(people[1], document, first, "quantity", value="9", was="2", version=version)
    kept = cell(people[1], document, first, "quantity", value="9", was="7", version=version)

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "7" in page
    assert "Mia" in page
    assert kept.status_code == 200
    assert quantities(document)[0] == 9


def test_typing_into_a_line_that_is_gone_is_a_choice(document, people):
    first = lines_of(document)[0]
    client = Client()
    client.force_login(people[0])
    data = {"do": "remove", "line": first.key, "version": document.version}
    client.post(f"{document.get_absolute_url()}lines/", data, headers={"X-Lines": "1"})

    answer = cell(people[1], document, first, "quantity", value="9", was="2", version=document.version)

    assert answer.status_code == 409
    assert "Removed" in answer.content.decode()
    assert quantities(document) == [2, 2]


def test_without_what_was_shown_a_stale_form_is_refused_as_before(document, sheets):
    theirs, mine = sheets
    theirs.type(0, quantity="7")
    theirs.save()
    mine.type(1, quantity="9")
    del mine.data["shown"]

    answer = mine.save()

    assert answer.status_code == 409
    assert quantities(document) == [Decimal(7), 2, 2]
