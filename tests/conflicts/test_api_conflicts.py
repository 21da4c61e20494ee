"""Two machines at one record: who is late is told field by field what was wanted and what stands there now."""

from dataclasses import replace
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from catalog.changes import changes_from
from quotes.actions import change_quote, set_quote_lines
from tests.document_factories import QuoteFactory
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory(first_name="Mia", last_name="Ito")


@pytest.fixture
def quote(rep):
    return QuoteFactory(owner=rep, account__owner=rep, lines=2)


@pytest.fixture
def api(rep):
    client = APIClient()
    client.force_authenticate(rep)
    return client


def quantity_of(at, number):
    """Somebody else changes the quantity of a line."""

    def wanted(there):
        changes = changes_from(there)
        changes[at] = replace(changes[at], quantity=Decimal(number))
        return changes

    return wanted


def path(quote, verb=""):
    return f"/api/v1/quotes/{quote.public_id}/{verb}"


@pytest.mark.parametrize("by_header", [True, False])
def test_a_late_change_is_told_what_was_wanted_and_what_stands_there(quote, rep, api, by_header):
    seen = quote.version
    change_quote(quote, by=rep, terms_text="Theirs", freight=Decimal(5))
    body = {"terms_text": "Mine", "freight": "5.0000", "shipping_method": "Sea"}

    answer = (
        api.patch(path(quote), body, format="json", headers={"If-Match": f'"{seen}"'})
        if by_header
        else api.patch(path(quote), {**body, "version": seen}, format="json")
    )

    assert answer.status_code == (412 if by_header else 409)
    assert answer.data["code"] == "stale_version"
    found = {one["field"]: one for one in answer.data["conflicts"]}
    assert set(found) == {"terms_text", "shipping_method"}  # the freight both wanted alike
    assert (found["terms_text"]["mine"], found["terms_text"]["theirs"]) == ("Mine", "Theirs")
    assert (found["terms_text"]["by"], found["terms_text"]["base"]) == ("Mia Ito", None)
    assert found["terms_text"]["at"]
    quote.refresh_from_db()
    assert (quote.terms_text, quote.shipping_method) == ("Theirs", "")


def test_references_are_told_by_the_names_that_the_request_uses(quote, rep, api):
    seen, mine, theirs = quote.version, AccountFactory(owner=rep), AccountFactory(owner=rep)
    change_quote(quote, by=rep, account=theirs)

    answer = api.patch(path(quote), {"account": str(mine.public_id), "version": seen}, format="json")

    (one,) = answer.data["conflicts"]
    assert (one["mine"], one["theirs"]) == (str(mine.public_id), str(theirs.public_id))


@pytest.mark.parametrize("verb", ["", "lines/"])
def test_late_lines_are_told_cell_by_cell(quote, rep, api, verb):
    shown = api.get(path(quote)).data
    first, second = shown["lines"]
    set_quote_lines(quote, quantity_of(0, 7), by=rep)
    wanted = [{"id": first["id"], "quantity": "9"}]
    send = api.post if verb else api.patch

    answer = send(path(quote, verb), {"lines": wanted, "version": shown["version"]}, format="json")

    found = {one["field"]: one for one in answer.data["conflicts"]}
    assert answer.status_code == 409
    assert Decimal(found[f"lines.{first['id']}.quantity"]["mine"]) == 9
    assert Decimal(found[f"lines.{first['id']}.quantity"]["theirs"]) == 7
    assert found[f"lines.{first['id']}.quantity"]["by"] == "Mia Ito"
    assert found[f"lines.{second['id']}"]["mine"] is None
    assert quote.lines.count() == 2


def test_a_late_step_has_nothing_to_choose(quote, rep, api):
    change_quote(quote, by=rep, terms_text="Theirs")

    answer = api.post(path(quote, "activate/"), {"version": 1}, format="json")

    assert answer.status_code == 409
    assert "conflicts" not in answer.data


def test_costs_are_no_part_of_what_is_told(quote, rep, api):
    seen = quote.version
    change_quote(quote, by=rep, terms_text="Theirs")

    answer = api.patch(path(quote), {"lines": [], "version": seen}, format="json")

    assert all("unit_cost" not in (one["theirs"] or {}) for one in answer.data["conflicts"])
