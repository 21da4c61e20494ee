"""Lists show, sort and are narrowed by the fields that were added."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.customfields.queries import columns_for
from kernel.tables.field_form import set_field
from kernel.tables.keyset import Order, cut
from leads.models import Lead
from tests.customfields.fields import field
from tests.factories import AccountFactory, LeadFactory, UserFactory
from tests.hostile.test_forms import form_at
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Any:
    return UserFactory()


@pytest.fixture
def browser(client: Client, seller: Any) -> Client:
    client.force_login(seller)
    return client


@pytest.fixture
def leads(seller: Any) -> list[Any]:
    field("size", "number", label="Fleet", in_list=True, decimals=1)
    field("launch", "date")
    field("color", "text")
    field("source_of", "choice", choices=["fair", "web"])
    field("tags", "choices", choices=["red", "blue"])
    field("vip", "boolean")
    values = [
        {
            "size": "10",
            "launch": "2026-01-31",
            "color": "Deep red",
            "source_of": "fair",
            "tags": ["red"],
            "vip": True,
        },
        {"size": "9.5", "launch": "2026-02-01", "source_of": "web", "tags": ["red", "blue"], "vip": False},
        {},
    ]
    return [LeadFactory(owner=seller, last_name=f"Lead{n}", custom=one) for n, one in enumerate(values)]


def names(page: str) -> list[int]:
    return [n for _place, n in sorted((page.find(f"Lead{n}<"), n) for n in range(3) if f"Lead{n}<" in page)]


def test_a_column_for_those_that_belong_in_the_list_and_the_others_by_choice(browser, leads):
    usual = browser.get("/leads/").text
    chosen = browser.get(
        "/leads/?cols=name,custom.color,custom.launch,custom.source_of,custom.tags,custom.vip"
    ).text

    assert "Fleet" in usual
    assert "9.5" in usual
    assert "Deep red" not in usual
    for text in ("Deep red", "31 Jan 2026", "Fair", "Red, Blue", "Yes"):
        assert text in chosen


def test_the_list_is_sorted_by_value_and_not_by_letter(browser, leads):
    assert names(browser.get("/leads/?sort=custom.size").text) == [1, 0, 2]
    assert names(browser.get("/leads/?sort=-custom.size").text) == [0, 1, 2]
    assert names(browser.get("/leads/?sort=-custom.launch").text) == [1, 0, 2]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("custom_size:gt:9.5", [0]), ("custom_size:is:9.50", [1]), ("custom_size:between:9..9.9", [1]),
        ("custom_size:empty", [2]), ("custom_size:filled", [0, 1]), ("custom_launch:lt:2026-02-01", [0]),
        ("custom_launch:between:2026-01-01..2026-12-31", [0, 1]), ("custom_color:contains:RED", [0]),
        ("custom_color:is:Deep red", [0]), ("custom_color:not:Deep red", [1, 2]),
        ("custom_source_of:is:fair,web", [0, 1]),
        ("custom_tags:contains:blue", [1]), ("custom_vip:is:yes", [0]), ("custom_vip:is:no", [1, 2]),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_every_kind(browser, leads, question, found):
    page = browser.get("/leads/", {"f": question, "sort": "custom.launch"}).text

    assert sorted(names(page)) == found


def test_records_that_are_referred_to_are_named_with_one_question_for_the_page(browser, seller):
    field("supplier", "reference", refers_to="customers.account", in_list=True)
    suppliers = [AccountFactory(owner=seller, name=f"Supplier {n}") for n in range(3)]
    secret = AccountFactory(owner=UserFactory(), name="Secret Ltd")
    LeadFactory(owner=seller, custom={"supplier": str(suppliers[0].public_id)})
    browser.get("/leads/")
    before = len(queries(lambda: browser.get("/leads/")))

    for one in [*suppliers, secret]:
        LeadFactory(owner=seller, custom={"supplier": str(one.public_id)})
    page = browser.get("/leads/").text

    for one in suppliers:
        assert one.name in page
    assert "Secret Ltd" not in page
    assert len(queries(lambda: browser.get("/leads/"))) == before
    only = browser.get("/leads/", {"f": f"custom_supplier:is:{suppliers[1].pk}"}).text
    assert "Supplier 1" in only
    assert "Supplier 0</a>" not in only


def test_pages_in_either_direction_miss_no_row_and_show_none_twice(seller):
    field("size", "number")
    values = [3, None, 1, 2, None, 2, None, 5, 2, None]
    for value in values:
        LeadFactory(owner=seller, custom={} if value is None else {"size": str(value)})
    column = columns_for(Lead)[0]
    for descending in (False, True):
        order = Order(Lead, column.order_by, descending, virtual={column.order_by: column.virtual})
        for size in (1, 2, 3, 20):
            whole = [row.pk for row in order.apply(Lead.objects.all())]
            forward, part = [], cut(Lead.objects.all(), order, size=size)
            forward += [row.pk for row in part.rows]
            while part.has_next:
                part = cut(Lead.objects.all(), order, size=size, after=order.cursor(part.rows[-1]))
                forward += [row.pk for row in part.rows]
            backward = [row.pk for row in part.rows]
            while part.has_previous:
                part = cut(Lead.objects.all(), order, size=size, before=order.cursor(part.rows[0]))
                backward = [row.pk for row in part.rows] + backward

            assert forward == backward == whole, (descending, size)


def test_a_cell_is_changed_in_place_and_many_rows_at_once(browser, leads, seller):
    address = reverse("lists:cell", args=["leads", leads[0].pk, "custom.size"])
    data = form_at(browser, address).data()

    wrong = browser.post(address, data | {"custom_size": "many"})
    answer = browser.post(address, data | {"custom_size": "11.5"})
    set_field(leads[1], by=seller, field="custom_color", new_value="blue")

    assert wrong.status_code == 422
    assert answer.status_code == 302, answer.text
    assert Lead.objects.get(pk=leads[0].pk).custom["size"] == "11.5"
    assert Lead.objects.get(pk=leads[1].pk).custom["color"] == "blue"
