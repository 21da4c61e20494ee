"""Addresses nobody would type: lists, references and searches answer or say 404, and never fall over."""

import logging
from urllib.parse import quote as encoded

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from integrations.models import Connection, InboxMessage
from tests.hostile.forms import forms_of
from tests.security.matrix import ROUTES
from tests.security.test_access_matrix import ALL_ROUTES, path_of

LISTS = ["leads:list", "opportunities:list", "quotes:list", "orders:list", "invoices:list", "customers:accounts",
         "customers:contacts", "activities:list", "catalog:products", "catalog:price-lists", "integrations:sync",
         "reports:search", "reports:home", "catalog:find-products", "customers:account-options",
         "customers:contact-options"]  # fmt: skip
PARAMETERS = ["q", "sort", "after", "before", "size", "status", "owner", "from", "blank", "as_of", "with", "account",
              "contact", "about", "stage", "list", "currency", "owner__password", "page", "lines"]  # fmt: skip
VALUES = ["", "\x00", "%00", "x" * 10_000, "w " * 3_000, "-1", "0", "9" * 30, "9" * 5_000, "nonsense",
          "-owner__password",
          "owner__password__startswith", "' OR 1=1 --", "<script>", "WyJ4IiwgMV0:1:forged", "\u202e\U0001f600",
          "2026-02-31", "0000-00-00", "99999-01-01", "0001-01-01", "%", "_", "\\", "auth.user:1", "a.b.c",
          "people.User:1"]  # fmt: skip
REFS = ["..", "%2e%2e", "x" * 2_000, "\x00", "QUO-2026-00001-r999999999999", "QUO-T00000-r" + "9" * 5_000,
          "QUO-T00000-r-1",
        "\U0001f600", "\u202eabc", "null", "0", "-1", "00000000-0000-0000-0000-000000000000", "a b", "%",
        "QUO\n1"]  # fmt: skip


@pytest.mark.parametrize("route", LISTS)
def test_no_query_breaks_a_list(boss, world, route):
    path = reverse(route)

    for number, name in enumerate(PARAMETERS):
        for value in VALUES[number % 4 :: 4]:
            answer = boss.get(path, {name: value})
            assert answer.status_code in (200, 302, 404), (name, value[:60])
    answer = boss.get(f"{path}?" + "&".join(f"{name}={encoded(VALUES[1])}&{name}=x" for name in PARAMETERS))
    assert answer.status_code in (200, 302, 404)


@pytest.mark.parametrize("name", ["blank", "from", "q", "with", "stage", "as_of", "list"])
def test_no_query_breaks_the_page_of_a_record(boss, world, name):
    for route in ALL_ROUTES:
        if route.name in ROUTES and route.params == ("ref",):
            for value in ("9" * 5_000, "\x00", "-1"):
                assert boss.get(path_of(route, world), {name: value}).status_code < 500, (
                    route.name,
                    value[:9],
                )


def test_a_reference_to_nothing_is_not_found(boss, world):
    for route in ALL_ROUTES:
        if route.params != ("ref",) or route.is_admin:
            continue
        for ref in REFS:
            try:
                path = reverse(route.name, args=[ref])
            except NoReverseMatch:
                continue
            for answer in (boss.get(path), boss.post(path)):
                assert answer.status_code in (404, 405), (route.name, ref[:60])


def test_no_address_of_the_api_is_answered_with_a_page(boss, world):
    for path in ("/api/v1/", "/api/v1/nothing", "/api/v1/leads/%0A/", "/api/v1/leads/%00/", "/api/v1/%2e%2e/",
                 "/api/v1/currencies/%00/", "/api/v1/exchange-rates/%00/",
                 "/api/v1/units/" + "x" * 3000 + "/"):  # fmt: skip
        answer = boss.get(path)
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "application/problem+json", path


class TestTheLineEditor:
    """A thousand rows are work, twenty thousand fields are not."""

    def row(self, number):
        return {"key": "", "product": f"Part {number}", "quantity": "1", "unit": "", "price": "1,5", "discount": "",
                "tax": ""}  # fmt: skip

    def post(self, boss, world, rows, **more):
        document = world.records["quote"]
        data = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
        return boss.post(
            f"{document.get_absolute_url()}lines/", {"version": document.version, **data, **more}
        )

    def test_a_thousand_lines_come_in_one_form(self, boss, world):
        answer = self.post(boss, world, [self.row(number) for number in range(1000)])

        assert answer.status_code == 302
        assert world.records["quote"].lines.count() == 1000

    def test_one_wrong_cell_among_many_keeps_all_the_others(self, boss, world, books):
        before = books()

        rows = [self.row(number) for number in range(60)]
        answer = self.post(boss, world, [*rows, self.row(60) | {"quantity": "many"}])

        assert answer.status_code == 422
        assert "“many” is not a number" in answer.content.decode()
        form = next(one for one in forms_of(answer.content.decode()) if "product" in one.fields)
        assert form.fields["product"].values[:61] == [f"Part {number}" for number in range(61)]
        assert form.fields["quantity"].values[60] == "many"
        assert books() == before

    @pytest.mark.parametrize("cell", ["product", "quantity", "unit", "price", "discount", "tax", "key"])
    def test_no_text_breaks_a_cell(self, boss, world, books, cell):
        before = books()

        for value in VALUES[1:]:
            answer = self.post(boss, world, [self.row(1) | {cell: value}])
            assert answer.status_code in (302, 409, 422), value[:60]
            if answer.status_code == 422:
                assert books() == before
            else:
                world.records["quote"].refresh_from_db()
                before = books()

    def test_columns_of_unequal_length_break_nothing(self, boss, world):
        for data in ({"product": ["a", "b", "c"], "quantity": ["1"]}, {"order": ["x", "1e999", "9" * 5000]},
        {"blank": "9" * 5000},
                     {"do": "more", "blank": "9" * 5000}, {"do": "nonsense"}, {"key": ["x"] * 50}):  # fmt: skip
            assert self.post(boss, world, [self.row(1)], **data).status_code in (302, 409, 422)

    def test_one_cell_at_a_time_takes_no_nonsense_either(self, boss, world):
        path = f"{world.records['quote'].get_absolute_url()}lines/"
        key = str(world.records["quote"].lines.first().key)

        for verb in ("cell", "add", "copy", "move", "remove", "", "__class__", "\x00"):
            for value in VALUES[::3]:
                said = {
                    "do": verb,
                    "line": key if len(value) % 2 else value,
                    "cell": value,
                    "value": value,
                    "product": value,
                }
                answer = boss.post(path, said, headers={"X-Lines": "1"})
                assert answer.status_code in (200, 409, 422), (verb, value[:60])


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"webhook-id": "x" * 5000},
        {"webhook-id": "1", "webhook-timestamp": "now", "webhook-signature": "v1,x"},
        {"webhook-id": "1", "webhook-timestamp": "9" * 5000, "webhook-signature": "v1,x"},
        {"webhook-id": "1", "webhook-timestamp": "-1", "webhook-signature": ",,, v1, v1a,"},
        {"webhook-id": "1", "webhook-timestamp": "1e999", "webhook-signature": "\xff\xfe"},
        {"webhook-id": "1", "webhook-timestamp": "NaN", "webhook-signature": "v1,====" * 500},
        {"webhook-id": "1", "webhook-timestamp": "\N{ARABIC-INDIC DIGIT THREE}", "webhook-signature": "x"},
        {"Content-Length": "many"},
        {"Content-Length": "-5"},
    ],
)
def test_garbage_at_the_door_of_the_erp_has_no_effect(world, books, said, caplog):
    connection: Connection = world.records["connection"]
    before = books()
    caplog.set_level(logging.DEBUG)

    for body in (b"", b"{}", b"[" * 50_000, b"\x00\xff", b'{"a": NaN}', b"x" * (1024 * 1024 + 1)):
        for code in (connection.code, "nobody", "x" * 300):
            answer = Client().post(f"/hooks/{code}/", body, content_type="application/json", headers=said)
            assert answer.status_code in (400, 401, 404, 413)

    assert books() == before
    assert not InboxMessage.objects.exists()
