"""Two people on one document: a step means the document that the page showed, and a form sent twice acts once."""

import pytest

from invoices.models import Payment
from orders.models import Shipment
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.hostile.test_forms import form_at


@pytest.mark.parametrize(
    ("make", "step"),
    [
        (lambda owner: QuoteFactory(owner=owner), "activate"),
        (lambda owner: OrderFactory(owner=owner), "submit"),
        (lambda owner: OrderFactory(owner=owner), "hold"),
        (lambda owner: InvoiceFactory(owner=owner), "confirm"),
    ],
)
def test_a_step_is_not_taken_on_what_nobody_has_seen(boss, world, books, make, step):
    document = make(world.people["owner"])
    seen = document.version
    document.save()  # somebody else
    before = books()

    answer = boss.post(f"{document.get_absolute_url()}{step}/", {"version": seen})

    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.content.decode()
    assert books() == before


def test_what_somebody_else_has_changed_is_not_deleted(boss, world, books):
    quote = QuoteFactory(owner=world.people["owner"])
    seen = quote.version
    quote.save()  # somebody else
    before = books()

    answer = boss.post(f"/delete/quote/{quote.public_id}/", {"version": seen})

    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.content.decode()
    assert books() == before


def test_a_payment_sent_twice_is_one_payment(boss, world):
    invoice = InvoiceFactory(owner=world.people["owner"], status_reason="billed")
    path = f"{invoice.get_absolute_url()}pay/"
    typed = {**form_at(boss, path).data(), "amount": "1.00", "reference": "Bank 17"}
    before = Payment.objects.count()

    first, second = boss.post(path, typed), boss.post(path, typed)

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Bank 17" in second.content.decode()
    assert Payment.objects.count() == before + 1


def test_a_delivery_sent_twice_is_one_delivery(boss, world):
    order = OrderFactory(owner=world.people["owner"], status="submitted")
    path = f"{order.get_absolute_url()}fulfill/"
    form = form_at(boss, path)
    quantity = next(name for name in form.fields if name.startswith("quantity_"))
    typed = {**form.data(), quantity: "1"}

    first, second = boss.post(path, typed), boss.post(path, typed)

    assert (first.status_code, second.status_code) == (302, 409)
    assert Shipment.objects.filter(order=order).count() == 1


def test_two_closings_of_one_quote_are_told_apart(boss, world):
    quote = QuoteFactory(owner=world.people["owner"], status="active")
    path = f"{quote.get_absolute_url()}close/"
    typed = {**form_at(boss, path).data(), "reason": "lost", "note": "Too dear"}
    quote.save()  # somebody else

    answer = boss.post(path, typed)

    assert answer.status_code == 409
    assert "Too dear" in answer.content.decode()
    quote.refresh_from_db()
    assert quote.status == "active"
