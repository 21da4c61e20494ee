"""Pages of invoices: made, confirmed, paid, credited; and what is owed by age."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from invoices.actions import record_payment
from invoices.ageing import ageing
from invoices.models import Allocation, Invoice, Payment
from tests.document_factories import InvoiceFactory, OrderFactory, erp_keeps
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role="finance")


@pytest.fixture
def browser(clerk):
    client = Client()
    client.force_login(clerk)
    return client


def due(days_late, **values):
    due_on = timezone.localdate() - dt.timedelta(days=days_late)
    return InvoiceFactory(**{"status_reason": "billed", "due_on": due_on, **values})


def test_list_and_detail_show_what_is_owed(browser):
    invoice = due(40, lines=2)

    listed, page = browser.get("/invoices/").text, browser.get(f"/invoices/{invoice.ref}/").text

    assert invoice.number in listed
    assert "Overdue" in listed
    assert "40 days late" in page
    assert "€238.00" in page


def test_what_is_owed_is_summed_by_age_and_every_sum_leads_to_its_invoices(browser):
    rows = {name: due(days) for name, days in (("not_due", 0), ("1-30", 1), ("31-60", 60), ("over-90", 91))}
    InvoiceFactory()  # not confirmed: nothing is owed yet
    due(10, status="paid", status_reason="complete", amount_paid=Decimal(119))

    buckets = {bucket.name: (bucket.amount, bucket.count) for bucket in ageing(Invoice.objects.all())}

    assert buckets == {
        "not_due": (119, 1), "1-30": (119, 1), "31-60": (119, 1), "61-90": (0, 0), "over-90": (119, 1),
    }  # fmt: skip
    for name, invoice in rows.items():
        page = browser.get(f"/invoices/?age={name}").text
        assert [number for number in (row.number for row in rows.values()) if number in page] == [
            invoice.number
        ]


def test_other_currencies_count_in_base_currency():
    dollar = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=dollar)
    due(5, currency=dollar, price_list=None, exchange_rate=Decimal("0.5"))

    assert [bucket.amount for bucket in ageing(Invoice.objects.all())][1] == Decimal("59.5")


def test_ageing_of_a_past_day_leaves_out_what_was_paid_later(clerk):
    invoice = due(10, issued_on=timezone.localdate() - dt.timedelta(days=40))
    payment = record_payment(invoice, by=clerk, amount=Decimal(100))
    on = timezone.localdate() - dt.timedelta(days=3)

    assert [bucket.amount for bucket in ageing(Invoice.objects.all(), on=on)][1] == 119
    assert [bucket.amount for bucket in ageing(Invoice.objects.all())][1] == 19

    Payment.objects.filter(pk=payment.pk).update(received_on=on)
    Allocation.objects.update(on=on)
    assert [bucket.amount for bucket in ageing(Invoice.objects.all(), on=on)][1] == 19


def test_a_rep_sees_own_invoices_and_only_reads_them():
    rep = UserFactory()
    client = Client()
    client.force_login(rep)
    own, foreign = due(1, owner=rep), due(1)

    assert client.get(f"/invoices/{own.ref}/").status_code == 200
    assert client.get(f"/invoices/{foreign.ref}/").status_code == 404
    assert client.get(f"/invoices/{own.ref}/pay/").status_code == 403
    assert client.get("/invoices/new/").status_code == 403


@pytest.mark.parametrize("step", ["confirm", "cancel"])
def test_a_step_is_never_taken_by_looking(browser, step):
    invoice = InvoiceFactory()

    assert browser.get(f"/invoices/{invoice.ref}/{step}/").status_code == 405
    assert Invoice.objects.get().status_reason == "new"


def test_an_invoice_is_made_from_nothing_filled_in_and_confirmed(browser):
    AccountFactory(name="Borg GmbH", currency=CurrencyFactory())

    made = browser.post("/invoices/new/", {"account": "Borg GmbH", "name": "Advice"})
    invoice = Invoice.objects.get()
    browser.post(
        f"{made.url}lines/", {"do": "add", "product": "Advice, one day", "price": "800", "version": invoice.version},
        headers={"X-Lines": "1"},
    )  # fmt: skip
    confirmed = browser.post(f"{made.url}confirm/")

    invoice.refresh_from_db()
    assert invoice.number.startswith("INV-")
    assert (invoice.balance, confirmed.url) == (800, f"/invoices/{invoice.number}/")


def test_bad_input_is_named_and_kept(browser):
    AccountFactory(name="Borg GmbH", currency=CurrencyFactory())

    answer = browser.post("/invoices/new/", {"account": "Borg GmbH", "name": "Advice", "freight": "heavy"})

    assert answer.status_code == 422
    assert 'href="#id_freight"' in answer.text
    assert 'value="heavy"' in answer.text
    assert not Invoice.objects.exists()


def test_an_order_is_invoiced_by_line(browser, clerk):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    order = OrderFactory(status="submitted", lines=2, payment_terms=terms)
    first, second = order.lines.all()
    url = f"/orders/{order.ref}/invoice/"

    page = browser.get(url).text
    answer = browser.post(url, {f"quantity_{first.key}": "1", f"quantity_{second.key}": "2"})

    invoice = Invoice.objects.get()
    assert f'name="quantity_{first.key}" value="2"' in page
    assert answer.url == f"/invoices/{invoice.ref}/"
    assert (invoice.total, invoice.order) == (Decimal("178.5"), order)


def test_more_than_is_ready_is_refused_at_its_line(browser):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    order = OrderFactory(status="submitted", payment_terms=terms)
    line = order.lines.get()

    answer = browser.post(f"/orders/{order.ref}/invoice/", {f"quantity_{line.key}": "3"})

    assert answer.status_code == 422
    assert f'href="#id_quantity_{line.key}"' in answer.text
    assert not Invoice.objects.exists()


def test_an_order_that_is_not_ready_says_why(browser):
    order = OrderFactory(status="submitted")

    answer = browser.get(f"/orders/{order.ref}/invoice/")

    assert answer.status_code == 409
    assert "nothing is ready to be invoiced" in answer.text


def test_where_the_erp_makes_invoices_nothing_offers_to_make_one(browser):
    order = OrderFactory(
        status="submitted", payment_terms=PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    )
    erp_keeps("invoices")

    assert "made in the ERP" in browser.get("/invoices/").text
    assert "invoices are made in the ERP" in browser.get(f"/orders/{order.ref}/").text
    for answer in (
        browser.post("/invoices/new/", {"account": "x"}),
        browser.post(f"/orders/{order.ref}/invoice/", {f"quantity_{order.lines.get().key}": "1"}),
    ):
        assert answer.status_code == 409
        assert "made in the ERP" in answer.text
    assert not Invoice.objects.exists()


def test_a_payment_is_offered_at_the_balance_and_settles_it(browser):
    invoice = due(0)
    url = f"/invoices/{invoice.ref}/pay/"

    page = browser.get(url).text
    browser.post(url, {"amount": "19", "received_on": "2026-03-01", "method": "bank", "reference": "88"})
    browser.post(url, {"amount": "100.00", "received_on": "2026-03-02"})

    invoice.refresh_from_db()
    shown = browser.get(f"/invoices/{invoice.ref}/").text
    assert 'name="amount" value="119"' in page
    assert (invoice.status, invoice.status_reason, invoice.balance) == ("paid", "complete", 0)
    assert "Payments and credits" in shown
    assert "88" in shown


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("120", "more than the 119.00 owed"), ("0", "more than zero"), ("ten", "number"), ("0.001", "decimals")],
)
def test_a_payment_that_does_not_fit_is_refused_with_what_was_typed(browser, amount, reason):
    invoice = due(0)

    answer = browser.post(
        f"/invoices/{invoice.ref}/pay/", {"amount": amount, "received_on": "2026-03-01", "reference": "88"}
    )

    assert answer.status_code == 422
    assert reason in answer.text
    assert 'href="#id_amount"' in answer.text
    assert 'value="88"' in answer.text
    assert not Payment.objects.exists()


def test_too_much_may_be_kept_as_credit(browser):
    invoice = due(0)

    browser.post(
        f"/invoices/{invoice.ref}/pay/", {"amount": "150", "received_on": "2026-03-01", "excess": "keep"}
    )

    assert Payment.objects.get().unallocated == 31
    assert "kept as credit" in browser.get(f"/invoices/{invoice.ref}/").text


def test_a_draft_cannot_be_paid_and_says_why(browser):
    invoice = InvoiceFactory()

    answer = browser.get(f"/invoices/{invoice.ref}/pay/")

    assert answer.status_code == 409
    assert "not confirmed yet" in answer.text


def test_an_invoice_is_credited_as_a_whole_or_by_line(browser):
    invoice = due(0, lines=2)
    first = invoice.lines.first()
    url = f"/invoices/{invoice.ref}/credit/"

    part = browser.post(url, {"extent": "lines", f"quantity_{first.key}": "1", "note": "Broken"})
    rest = browser.post(url, {"extent": "whole"})

    notes = Invoice.objects.filter(kind="credit_note").order_by("id")
    invoice.refresh_from_db()
    assert [note.total for note in notes] == [Decimal("-59.5"), Decimal("-178.5")]
    assert (part.url, rest.url) == tuple(note.get_absolute_url() for note in notes)
    assert (invoice.balance, browser.get(url).status_code) == (0, 409)
    assert "Credit note" in browser.get(part.url).text


def test_more_than_was_invoiced_is_not_credited(browser):
    invoice = due(0)
    line = invoice.lines.get()

    answer = browser.post(
        f"/invoices/{invoice.ref}/credit/", {"extent": "lines", f"quantity_{line.key}": "3"}
    )

    assert answer.status_code == 422
    assert 'value="3"' in answer.text
    assert not Invoice.objects.filter(kind="credit_note").exists()


def test_an_invoice_from_the_erp_is_only_read(browser):
    invoice = due(0, is_pulled=True, managed_by="demo", erp_id="7")

    page = browser.get(f"/invoices/{invoice.ref}/").text

    assert "comes from the ERP" in page
    assert "data-lines" not in page
    assert "it comes from the ERP and is changed there" in page
    assert browser.get(f"/invoices/{invoice.ref}/pay/").status_code == 409


def test_the_list_asks_as_often_for_30_invoices_as_for_one(browser):
    due(1)
    one = queries(lambda: browser.get("/invoices/"))
    for days in range(29):
        due(days * 5)

    many = queries(lambda: browser.get("/invoices/"))

    assert len(many) == len(one) <= 12, many


@pytest.mark.parametrize("reason", ["new", "billed"])
def test_the_page_of_200_lines_asks_as_often_as_that_of_one(browser, reason):
    small, large = (InvoiceFactory(status_reason=reason, lines=count) for count in (1, 200))

    one = queries(lambda: browser.get(f"/invoices/{small.ref}/"))
    many = queries(lambda: browser.get(f"/invoices/{large.ref}/"))

    assert len(many) == len(one), many
    assert len(many) <= 18, many
