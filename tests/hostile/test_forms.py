"""Clumsy fingers and bad intentions at every form of the pages: said by name, kept in the page, nothing done."""

import json

import pytest
from django.db import transaction

from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import PaymentTermsFactory, UserFactory
from tests.hostile.forms import Form, forms_of
from tests.security.matrix import ROUTES
from tests.security.test_access_matrix import ALL_ROUTES, path_of

# Neither a number nor a day, a choice or a name; each form meets all of them, in turning fields.
ODD = [
    "x" * 300, "NaN", "-Infinity", "1e999", "9" * 30, "9" * 5000, "-1", "1.250,5", "1 250", "0000-00-00", "2026-02-31",
    "9999-12-31", "a\x00b", "\N{GRINNING FACE}", "\N{RIGHT-TO-LEFT OVERRIDE}abc", "<script>alert(1)</script>",
    "' OR 1=1 --", "00000000-0000-0000-0000-000000000000", "\N{ARABIC-INDIC DIGIT THREE}", "{{7*7}}", "%s%d{0}", "0x10",
    "9223372036854775808", "y" * 60_000, "w " * 3000,
]  # fmt: skip
NEW = ["leads:new", "opportunities:new", "quotes:new", "orders:new", "invoices:new", "customers:account-new",
       "customers:contact-new", "catalog:product-new", "catalog:price-list-new", "activities:new"]  # fmt: skip
EDIT = ["leads:edit", "opportunities:edit", "quotes:edit", "orders:edit", "invoices:edit", "customers:account-edit",
        "customers:contact-edit", "catalog:product-edit", "catalog:price-list-edit"]  # fmt: skip
ASKED = ["leads:disqualify", "leads:assign", "opportunities:qualify-lead", "opportunities:move", "opportunities:assign",
         "quotes:close", "orders:cancel", "orders:accept-quote", "orders:win-opportunity", "quotes:lose-opportunity",
         "people:profile"]  # fmt: skip
OPEN = [route for route in EDIT if route != "invoices:edit"]  # the invoice at hand is confirmed
UNTYPED = ("select", "radio", "checkbox", "hidden")


def address(name, world):
    return path_of(next(route for route in ALL_ROUTES if route.name == name), world)


def form_at(client, path) -> Form | None:
    answer = client.get(path)
    found = forms_of(answer.content.decode()) if answer.status_code == 200 else []
    return next((one for one in found if len(one.fields) > 1 and (one.action or path) == path), None)


def own(form):
    return [one for one in form.fields.values() if one.name not in ("csrfmiddlewaretoken", "version")]


@pytest.mark.parametrize("route", [*NEW, *EDIT, *ASKED])
def test_no_input_breaks_a_form_and_what_is_refused_stays_typed(boss, world, books, route):
    attack(boss, address(route, world), books)


def bill():
    return InvoiceFactory(status_reason="billed").get_absolute_url()


def delivered():
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    return OrderFactory(status="submitted", payment_terms=terms).get_absolute_url()


@pytest.mark.parametrize(("record", "step"), [(bill, "pay"), (bill, "credit"), (delivered, "invoice")])
def test_no_figure_breaks_the_forms_about_money(db, client, books, record, step):
    client.force_login(UserFactory(role="administrator"))

    attack(client, f"{record()}{step}/", books)


def attack(boss, path, books):
    """Every field of the form there meets every second odd value: refused by name and kept, or taken for what it is."""
    form = form_at(boss, path)
    assert form, f"no form at {path}"
    before = books()
    for turn in range(len(path) % 2, len(ODD), 2):  # every field meets every second value
        typed = {one.name: ODD[(7 * place + turn) % len(ODD)] for place, one in enumerate(own(form))}
        with transaction.atomic():
            answer = boss.post(path, {**form.data(), **typed})
            if answer.status_code == 422:
                assert books() == before
            transaction.set_rollback(True)

        assert answer.status_code in (302, 409, 422), typed
        if answer.status_code == 422:
            again = next(f for f in forms_of(answer.content.decode()) if set(typed) <= set(f.fields))
            assert b"error-summary" in answer.content
            for one in own(form):
                if one.kind not in UNTYPED:
                    assert again.fields[one.name].values[0].strip() == typed[one.name].strip(), one.name


@pytest.mark.parametrize("route", NEW)
def test_an_empty_form_names_what_is_missing_and_makes_nothing(boss, world, books, route):
    path = address(route, world)
    before = books()

    answer = boss.post(path, {"nonsense": "1"})

    assert answer.status_code == 422
    assert b"error-summary" in answer.content
    assert books() == before


@pytest.mark.parametrize("route", OPEN)
def test_who_was_overtaken_is_told_and_keeps_what_they_typed(boss, world, books, route):
    path = address(route, world)
    form = form_at(boss, path)
    assert form is not None
    text = next(one for one in own(form) if one.kind == "text" and one.name in ("name", "topic", "last_name"))
    record = world.records[ROUTES[route].kind]
    setattr(record, text.name, "Theirs")
    record.save()  # somebody else
    before = books()

    answer = boss.post(path, {**form.data(), text.name: "Mine"})

    assert answer.status_code == 409
    assert "Somebody else changed" in answer.content.decode()
    again = next(f for f in forms_of(answer.content.decode()) if text.name in f.fields)
    assert again.fields[text.name].values == ["Mine"]
    assert books() == before
    assert boss.post(path, again.data()).status_code == 302


@pytest.mark.parametrize("route", OPEN)
def test_a_mistake_does_not_hide_that_somebody_else_was_faster(boss, world, route):
    path = address(route, world)
    form = form_at(boss, path)
    assert form is not None
    text = next(one for one in own(form) if one.name in ("name", "topic", "last_name"))
    record = world.records[ROUTES[route].kind]
    setattr(record, text.name, "Theirs")
    record.save()  # somebody else

    wrong = boss.post(path, {**form.data(), text.name: "x" * 1000})
    again = next(f for f in forms_of(wrong.content.decode()) if text.name in f.fields)
    corrected = boss.post(path, {**again.data(), text.name: "Mine"})

    assert (wrong.status_code, corrected.status_code) == (422, 409)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_page_falls_over_an_unexpected_method(boss, world, books, method):
    before = books()

    for route in ALL_ROUTES:
        if route.is_admin or route.name.startswith("api") or route.name in ("logout", "integrations:hook"):
            continue
        answer = getattr(boss, method)(path_of(route, world))
        assert answer.status_code < 500, route.name

    assert books() == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"topic": "x", "last_name": "y"})),
        ("multipart/form-data; boundary=x", "--x\r\nnothing that fits"),
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="topic"\r\n\r\nx'),
        ("text/plain", "topic=x&last_name=y"),
        ("application/x-www-form-urlencoded; charset=nonsense", "topic=x&last_name=y"),
        ("application/x-www-form-urlencoded; charset=utf-7", "topic=x"),
        ("application/x-www-form-urlencoded", "topic=%ff%fe&last_name=%ED%A0%80"),
        ("", "topic=x"),
    ],
)
def test_a_body_in_another_format_breaks_nothing(boss, kind, body):
    answer = boss.generic("POST", "/leads/new/", body, content_type=kind)

    assert answer.status_code in (302, 400, 415, 422)


def test_more_than_a_form_can_hold_is_refused(boss):
    assert boss.post(
        "/leads/new/", {"topic": "x", "last_name": "y", "need": "n" * 3_000_000}
    ).status_code in (400, 413)
    assert boss.post("/leads/new/", {f"field{n}": "x" for n in range(20_001)}).status_code == 400
