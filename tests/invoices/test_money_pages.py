"""Pages and API of money: payments, credit, refunds, reversals, corrections."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.documents import LineKind
from catalog.lines import lines_of
from catalog.totals import reprice
from invoices.actions import (
    book_invoice,
    confirm_invoice,
    credit_invoice,
    install_invoice,
    invoice_from_order,
    record_payment,
)
from invoices.models import Invoice, Payment
from invoices.subscribers import note_shipment
from kernel.errors import TransitionRefused
from orders.actions import Delivery, record_fulfillment
from tests.document_factories import InvoiceFactory, OrderFactory, OrderLineFactory
from tests.factories import AccountFactory, PaymentTermsFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def finance():
    return UserFactory(role="finance")


@pytest.fixture
def browser(finance):
    client = Client()
    client.force_login(finance)
    return client


def billed(**values):
    return InvoiceFactory(status_reason="billed", **values)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def overpaid(finance, account):
    return record_payment(billed(account=account), by=finance, amount=D(150), excess="keep")


def test_payments_are_listed_with_what_is_kept(browser, finance):
    payment = overpaid(finance, AccountFactory(name="Borg GmbH"))

    page = browser.get("/payments/").text

    assert payment.number in page
    assert "€31.00" in page
    assert payment.number in browser.get("/payments/?kept=yes").text
    assert payment.number not in browser.get("/payments/?out=yes").text


def test_a_payment_has_a_page_from_which_its_credit_is_used(browser, finance):
    account = AccountFactory()
    payment, invoice = overpaid(finance, account), billed(account=account)
    url = f"/payments/{payment.ref}/use/"

    page, form = browser.get(f"/payments/{payment.ref}/").text, browser.get(url).text
    answer = browser.post(url, {"choice": invoice.ref, "amount": "31"})

    assert url in page
    assert invoice.number in form
    assert answer.url == invoice.get_absolute_url()
    assert (fresh(invoice).balance, fresh(payment).unallocated) == (D(88), 0)


def test_an_invoice_offers_the_customers_credit(browser, finance):
    account = AccountFactory()
    payment, invoice = overpaid(finance, account), billed(account=account)
    url = f"/invoices/{invoice.ref}/use-credit/"
    assert "Use credit" in browser.get(f"/invoices/{invoice.ref}/").text
    assert "Use credit" not in browser.get(f"/invoices/{billed().ref}/").text

    refused = browser.post(url, {"choice": payment.ref, "amount": "32"})
    browser.post(url, {"choice": payment.ref, "amount": "31"})

    assert (refused.status_code, fresh(invoice).balance) == (422, D(88))


def test_a_credit_note_shows_what_is_left_and_where_it_may_go(browser, finance):
    account = AccountFactory()
    paid, other = billed(account=account), billed(account=account)
    record_payment(paid, by=finance, amount=D(119))
    note = credit_invoice(paid, by=finance)

    page = browser.get(note.get_absolute_url()).text
    browser.post(f"/invoices/{note.ref}/use-credit/", {"choice": other.ref, "amount": "100"})
    browser.post(f"/invoices/{note.ref}/refund/", {"amount": "19", "paid_on": "2026-01-02"})

    assert "Left" in page
    assert (fresh(note).balance, fresh(other).balance) == (0, D(19))
    assert "Paid back" in browser.get(note.get_absolute_url()).text


def test_credit_is_paid_back_and_a_mistake_reversed_on_pages(browser, finance):
    payment = overpaid(finance, AccountFactory())

    browser.post(f"/payments/{payment.ref}/refund/", {"amount": "31", "paid_on": "2026-01-02"})
    refused = browser.post(f"/payments/{payment.ref}/reverse/", {"reason": "x", "reversed_on": "2026-01-02"})
    refund = Payment.objects.get(amount=D(-31))
    browser.post(f"/payments/{refund.ref}/reverse/", {"reason": "Came back", "reversed_on": "2026-01-02"})
    browser.post(f"/payments/{payment.ref}/reverse/", {"reason": "Twice", "reversed_on": "2026-01-02"})

    assert refused.status_code == 422
    assert "Reversed" in browser.get(f"/payments/{payment.ref}/").text
    assert Invoice.objects.get().balance == D(119)


def test_a_customers_payment_is_recorded_on_the_statement(browser):
    account = AccountFactory()
    invoice = billed(account=account)

    answer = browser.post(
        f"/accounts/{account.ref}/payment/", {"amount": "150", "currency": "EUR", "received_on": "2026-01-02"}
    )

    assert answer.url == Payment.objects.get().get_absolute_url()
    assert fresh(invoice).balance == 0


def test_the_pay_page_offers_the_discount_and_the_next_invoices(browser, finance):
    terms = PaymentTermsFactory(code="SKONTO", early_percent=2, early_days=10)
    account = AccountFactory()
    invoice = confirm_invoice(InvoiceFactory(payment_terms=terms, account=account), by=finance)
    other = billed(account=account)
    url = f"/invoices/{invoice.ref}/pay/"

    page = browser.get(url).text
    browser.post(
        url,
        {"amount": "120", "received_on": invoice.issued_on, "take_discount": "on", "excess": "next"},
    )

    assert "€2.38" in page
    assert (fresh(invoice).balance, fresh(other).balance) == (0, D("115.62"))


def test_an_invoice_is_credited_by_amount_and_reissued_on_pages(browser):
    invoice = billed(lines=2)

    wrong = browser.post(f"/invoices/{invoice.ref}/credit/", {"extent": "amount"})
    made = browser.post(f"/invoices/{invoice.ref}/credit/", {"extent": "amount", "amount": "38"})
    page = browser.get(f"/invoices/{invoice.ref}/reissue/").text
    draft = browser.post(f"/invoices/{invoice.ref}/reissue/", {"note": "Wrong name"})

    assert (wrong.status_code, made.status_code) == (422, 302)
    assert "A credit note takes all that is left" in page
    assert Invoice.objects.get(number=None).get_absolute_url() == draft.url


def test_machines_move_money_too(browser, finance):
    account = AccountFactory()
    payment, invoice = overpaid(finance, account), billed(account=account)

    def post(path, **said):
        return browser.post(f"/api/v1/{path}/", said, content_type="application/json")

    used = post(f"invoices/{invoice.public_id}/use-credit", payment=payment.number, amount="30")
    neither = post(f"invoices/{invoice.public_id}/use-credit", amount="1")
    refund = post(f"payments/{payment.public_id}/refund", amount="1")
    undone = post(f"payments/{refund.json()['id']}/reverse", reason="x")
    credit = post(f"invoices/{invoice.public_id}/credit", amount="10")
    draft = post(f"invoices/{invoice.public_id}/reissue")
    taken = post(f"accounts/{account.public_id}/payment", amount="5", currency="EUR")
    answers = [used, neither, refund, undone, credit, draft, taken]

    assert [answer.status_code for answer in answers] == [200, 400, 201, 201, 201, 201, 201]
    assert (refund.json()["amount"], undone.json()["reverses"]) == ("-1.0000", refund.json()["id"])
    assert browser.get("/api/v1/invoices/ageing/").json()["base_currency"] == "EUR"
    assert browser.get("/api/v1/invoices/ageing/?as_of=soon").status_code == 400


def test_the_page_of_a_payment_asks_as_often_for_20_invoices_as_for_one(browser, finance):
    account = AccountFactory()
    few_used = record_payment(billed(account=account), by=finance, amount=D(119))
    invoices = [billed(account=account) for _one in range(20)]
    many_used = record_payment(invoices[0], by=finance, amount=D(119) * 20, excess="next")

    few = queries(lambda: browser.get(f"/payments/{few_used.ref}/"))
    many = queries(lambda: browser.get(f"/payments/{many_used.ref}/"))

    assert many_used.allocations.count() == 20
    assert len(many) == len(few) <= 14, many


# --- what an order's texts and services do ---------------------------------------------------------


def text(order, kind, position, words):
    return OrderLineFactory(
        order=order, kind=kind, position=position, description=words, product=None, unit=None, quantity=0,
        unit_price=0, tax_code=None, tax_rate=0, price_is_overridden=False,
    )  # fmt: skip


def with_sections():
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    order = OrderFactory(status="submitted", payment_terms=terms, lines=0)
    text(order, LineKind.SECTION, 1, "Machines")
    OrderLineFactory(order=order, position=2, description="Spindle")
    text(order, LineKind.NOTE, 3, "Crated")
    text(order, LineKind.SECTION, 4, "Services")
    text(order, LineKind.NOTE, 5, "On weekdays")
    OrderLineFactory(order=order, position=6, description="Training")
    lines = lines_of(order)
    reprice(order, lines)
    for line in lines:
        line.save()
    order.save()
    return order


def test_headings_and_notes_go_along_with_the_items_they_speak_of(finance):
    order = with_sections()
    spindle, training = order.lines.filter(kind="item")

    first = invoice_from_order(order, by=finance, quantities={spindle.key: D(1)})
    second = invoice_from_order(order, by=finance, quantities={training.key: D(2)})
    rest = invoice_from_order(order, by=finance)

    def words(invoice):
        return list(invoice.lines.values_list("description", flat=True))

    assert words(first) == words(rest) == ["Machines", "Spindle", "Crated"]
    assert words(second) == ["Services", "On weekdays", "Training"]
    order.refresh_from_db()
    assert order.billing == "complete"


def test_the_whole_order_is_billed_with_all_its_texts_and_credited_with_them(finance):
    order = with_sections()

    invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance)
    training = invoice.lines.get(description="Training")
    part = credit_invoice(invoice, by=finance, quantities={training.key: D(1)})

    assert invoice.lines.count() == 6
    assert [line.description for line in part.lines.all()] == ["Services", "On weekdays", "Training"]
    assert figures_of_texts(part) == {"section": D(0), "note": D(0)}


def figures_of_texts(note):
    return {line.kind: line.quantity + line.total for line in note.lines.all() if line.is_text}


def test_what_is_billed_before_it_left_is_shipped_in_part_until_it_has(finance):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    order = OrderFactory(status="submitted", payment_terms=terms)
    line = order.lines.get()
    boss = UserFactory(role="administrator")
    record_fulfillment(order, by=boss, deliveries=[Delivery("DN-1", {line.key: D(1)})])
    invoice = confirm_invoice(invoice_from_order(fresh(order), by=finance), by=finance)
    assert invoice.status_reason == "partially_shipped"

    class News:
        aggregate_id = order.public_id

    note_shipment(News)
    assert fresh(invoice).status_reason == "partially_shipped"
    record_fulfillment(fresh(order), by=boss, deliveries=[Delivery("DN-2", {line.key: D(1)})])
    note_shipment(News)
    note_shipment(News)

    assert fresh(invoice).status_reason == "billed"


def test_services_are_booked_then_installed(finance, browser):
    invoice = billed(lines__product=ProductFactory(kind="service"))

    assert book_invoice(invoice, by=finance).status_reason == "booked"
    browser.post(f"/invoices/{invoice.ref}/install/")
    assert fresh(invoice).status_reason == "installed"

    with pytest.raises(TransitionRefused) as refused:
        install_invoice(invoice, by=finance)
    assert [blocker.code for blocker in refused.value.blockers] == ["installed"]
    with pytest.raises(TransitionRefused) as refused:
        book_invoice(billed(), by=finance)
    assert [blocker.code for blocker in refused.value.blockers] == ["no_services"]
