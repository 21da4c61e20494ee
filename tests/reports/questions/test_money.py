"""What is owed, how long it takes until it is paid, how the sync does: as the records say, for those they are for."""

import datetime as dt
from decimal import Decimal
from statistics import median
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from integrations.models import Connection
from invoices.ageing import ageing
from invoices.models import Allocation, Invoice, Payment
from kernel.models import OutboxMessage
from orders.models import Shipment
from people.access import visible
from quotes.models import Quote
from reports.registry import reports_for
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, CurrencyFactory
from tests.pages import queries
from tests.reports.questions.test_deals import answer_to, dict_of, figure

D = Decimal
PEOPLE = ("rep", "manager", "finance", "administrator")


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def owed(owner, days_late: int, **values):
    due_on = ago(days_late)
    return InvoiceFactory(
        **{
            "owner": owner,
            "status_reason": "billed",
            "due_on": due_on,
            "issued_on": min(due_on, ago(0)),
            **values,
        }
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_owed_is_the_ageing_of_the_invoices_in_base_currency(world, client, name) -> None:
    usd, borg = CurrencyFactory(code="USD"), AccountFactory(name="Borg")
    for n, days in enumerate((-5, 10, 45, 70, 120, 200)):
        owner = world.people[("rep", "southern", "outsider")[n % 3]]
        owed(owner, days, account=borg if n % 2 else AccountFactory(name=f"Buyer {n}"))
        owed(owner, days, account=borg, currency=usd, exchange_rate=D("0.5"))

    answer = answer_to(world, name, "owed")

    buckets = ageing(visible(world.people[name], Invoice.objects.all()))
    assert [one.value for one in answer.figures[1:]] == [bucket.amount for bucket in buckets]
    assert answer.figures[0].value == sum(bucket.amount for bucket in buckets)
    together = answer.tables[0].rows[-1]
    assert [cell.value for cell in together[1:]] == [
        *[b.amount for b in buckets],
        sum(b.amount for b in buckets),
    ]
    rows = answer.tables[0].rows[:-1]
    for n in range(len(buckets)):
        assert sum(row[n + 1].value for row in rows) == buckets[n].amount
        assert sum(bar.marks[n].value for bar in answer.charts[0].rows) == buckets[n].amount
    client.force_login(world.people[name])
    first = next(row for row in rows if str(row[0].text) == "Borg")
    for cell in first[1:]:
        if cell.url:
            assert client.get(cell.url).status_code == 200


def test_the_way_from_quote_to_cash_is_the_median_of_each_step(world) -> None:
    rep = world.people["rep"]
    payment = Payment.objects.create(
        number="P-1", account=AccountFactory(), currency=CurrencyFactory(), amount=9
    )
    expected: dict[str, list[int]] = {"order": [], "shipping": [], "invoice": [], "payment": []}
    for n, legs in enumerate([(2, 5, 1, 10), (4, 9, 0, 30), (6, 1, 3, None), (10, None, None, None)]):
        ordered_on = ago(100 + n)
        quote = QuoteFactory(owner=rep)
        sent = timezone.make_aware(dt.datetime.combine(ordered_on - dt.timedelta(days=legs[0]), dt.time(12)))
        Quote.objects.filter(pk=quote.pk).update(sent_at=sent)
        order = OrderFactory(owner=rep, quote=quote, ordered_on=ordered_on, status="submitted")
        day = ordered_on
        expected["order"].append(legs[0])
        if legs[1] is not None:
            day += dt.timedelta(days=legs[1])
            Shipment.objects.create(order=order, delivery_note="1", shipped_on=day)
            Shipment.objects.create(order=order, delivery_note="2", shipped_on=day + dt.timedelta(days=20))
            day += dt.timedelta(days=legs[2])
            is_paid = legs[3] is not None
            invoice = owed(rep, 0, order=order, issued_on=day, status="paid" if is_paid else "active",
                           status_reason="complete" if is_paid else "billed")  # fmt: skip
            expected["shipping"].append(legs[1])
            expected["invoice"].append(legs[2])
            if is_paid:
                Allocation.objects.create(
                    invoice=invoice, payment=payment, amount=1, on=day + dt.timedelta(days=legs[3])
                )
                expected["payment"].append(legs[3])
    OrderFactory(owner=rep, ordered_on=ago(400))
    OrderFactory(owner=world.people["outsider"], ordered_on=ago(3))

    answer = answer_to(world, "rep", "cash")

    rows = answer.tables[0].rows
    assert [row[1].value for row in rows[:4]] == [len(each) for each in expected.values()]
    assert [row[2].value for row in rows[:4]] == [D(str(median(each))) for each in expected.values()]
    assert [part.value for part in answer.charts[0].parts] == [row[2].value for row in rows[:4]]
    assert rows[4][1].value == 2
    assert rows[4][2].value == median([18, 43])
    assert len(answer.tables[1].rows) == 1


def test_the_orders_that_were_looked_at_are_those_in_the_list(world, client) -> None:
    rep = world.people["rep"]
    seen = OrderFactory(owner=rep, ordered_on=ago(30))
    OrderFactory(owner=rep, ordered_on=ago(500))
    OrderFactory(owner=rep, ordered_on=ago(30), status="canceled")

    url = answer_to(world, "rep", "cash").figures[0].url

    client.force_login(rep)
    told = client.get("/api/v1/orders/", dict_of(urlsplit(url).query))
    assert [row["number"] for row in told.json()["results"]] == [seen.number]


# --- sync -----------------------------------------------------------------------------------------------------


def message(
    n: int, *, days: int = 0, seconds: float | None = None, state: str = "done", hour: int = 10
) -> None:
    created = timezone.now().replace(hour=hour) - dt.timedelta(days=days)
    OutboxMessage.objects.create(
        destination="demo", component="orders", topic="order.submitted", aggregate_type="orders.order",
        aggregate_id=f"00000000-0000-0000-0000-0000000000{n:02x}", aggregate_version=1, payload_hash="x",
        state=state, created_at=created,
        done_at=None if seconds is None else created + dt.timedelta(seconds=seconds),
    )  # fmt: skip


def test_the_lag_of_the_sync_is_told_by_day_with_what_failed(world) -> None:
    Connection.objects.create(code="demo", name="Demo", kind="rest", base_url="http://127.0.0.1:1")
    lags = [1, 2, 4, 8, 90]
    for n, seconds in enumerate(lags):
        message(n, seconds=seconds)
    message(20, days=2, seconds=6)
    message(21, days=1, state="dead")
    message(22, state="pending")
    message(23, days=30, seconds=5000)

    answer = answer_to(world, "administrator", "sync")

    today = answer.tables[0].rows[-1]
    assert today[1].value == 5
    assert today[2].value == median(lags)
    assert today[3].value == D("73.6")
    assert answer.tables[0].rows[-2][4].value == 1
    assert [one.value for one in answer.figures[2:]] == [1, 1]
    assert answer.figures[0].value == 5
    assert [mark is None for mark in answer.charts[0].lines[0].marks] == [*[True] * 11, False, True, False]
    assert figure(answer, "Need a person").tone == "danger"


def test_the_sync_is_a_report_where_an_erp_is_connected_and_for_those_who_may_see_it(world, client) -> None:
    def doors() -> dict[str, tuple[int, int, bool]]:
        found = {}
        for name in ("rep", "manager", "finance", "administrator"):
            client.force_login(world.people[name])
            codes = (client.get(f"{start}/reports/sync/").status_code for start in ("", "/api/v1"))
            found[name] = (*codes, "sync" in [one.slug for one in reports_for(world.people[name])])
        return found

    before = doors()
    Connection.objects.create(code="demo", name="Demo", kind="rest", base_url="http://127.0.0.1:1")
    after = doors()

    shut, opened = (404, 404, False), (200, 200, True)
    assert before == dict.fromkeys(before, shut)
    assert after == {"rep": shut, "manager": shut, "finance": opened, "administrator": opened}


def test_money_reports_ask_a_constant_number_of_questions(world) -> None:
    Connection.objects.create(code="demo", name="Demo", kind="rest", base_url="http://127.0.0.1:1")

    def asks() -> list[int]:
        return [
            len(queries(lambda slug=slug: answer_to(world, "administrator", slug)))
            for slug in ("owed", "cash", "sync")
        ]

    owed(world.people["rep"], 5)
    OrderFactory(ordered_on=ago(2))
    message(1, seconds=1)
    asks()
    before = asks()
    for n in range(5):
        owed(world.people["rep"], n * 20)
        OrderFactory(ordered_on=ago(n), quote=QuoteFactory())
        message(30 + n, seconds=n, days=n)

    assert asks() == before
    assert max(before) <= 12


def test_what_reports_do_not_know_is_refused_or_not_asked(world, client) -> None:
    client.force_login(world.people["rep"])

    assert client.get("/reports/nothing/").status_code == 404
    assert client.get("/api/v1/reports/nothing/").status_code == 404
    assert client.get("/api/v1/reports/wins/?color=red").status_code == 400
    assert client.get("/api/v1/reports/?color=red").status_code == 400
    outsider = world.people["outsider"].username
    page = client.get(f"/reports/wins/?period=nonsense&pipeline=x&team=99999999999999&owner={outsider}")
    assert page.status_code == 200
    assert dict(
        parse_qsl(urlsplit(answer_to(world, "rep", "wins", owner=outsider).figures[0].url).query)
    ).keys() == {"f"}
