"""Why this number? Every sentence of generated documents is held against what is stored."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from catalog.documents import AMOUNT_COLUMNS
from catalog.explaining import NOWHERE, explain
from catalog.figures import show_amount
from catalog.lines import LineChange, Touch, changes_from, lines_of
from catalog.models import BundleMember
from invoices.actions import ErpInvoice, ErpInvoiceLine, take_erp_invoice
from invoices.origins import origin_of as origin_of_invoice
from kernel.pricing import Profile
from orders.origins import origin_of as origin_of_order
from people.service import service_user
from quotes.actions import create_quote, set_quote_lines
from quotes.models import Quote, QuoteLine
from reports.books import verify
from tests.document_factories import OrderFactory
from tests.factories import ProductFactory
from tests.money.sales import Market

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
SALES = 20  # of each profile and number of decimals: 60 a profile
LINE_AMOUNTS = ("unit_price", "base", "manual_discount", "net", "header_discount", "tax", "total")
HEADER_AMOUNTS = (
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight",
    "freight_tax", "total_tax", "total", "total_base", "amount_paid", "balance",
)  # fmt: skip


def explained(document, origin_of=None):
    document = type(document).objects.select_related("currency", "freight_tax_code").get(pk=document.pk)
    lines = lines_of(document)
    return (
        document,
        lines,
        explain(document, lines, origin=origin_of(document, lines) if origin_of else NOWHERE),
    )


def assert_true_and_complete(document, lines, explanation):
    """Each step arrives at the stored amount, no amount lacks one, and nothing had to be confessed."""
    for line in lines:
        steps = explanation.of_line(line.key)
        told = {step.field: step for step in steps if step.field}
        for name in LINE_AMOUNTS:
            stored = getattr(line, name)
            if stored and not (line.kind == "included" and name == "unit_price"):
                assert told[name].result == stored, (name, told[name])
        assert all(step.result == getattr(line, step.field) for step in told.values())
    told = {step.field: step for step in explanation.of_header if step.scope == "document" and step.field}
    for name in HEADER_AMOUNTS:
        if stored := getattr(document, name, None):
            assert told[name].result == stored, (name, told)
    by_rate = [step.result for step in explanation.of_header if step.field == "tax_by_group"]
    assert sum(by_rate, ZERO) == document.total_tax
    codes = {step.code for step in explanation.steps}
    assert not codes & {"as_stored", "other_engine"}, [s for s in explanation.steps if s.code == "as_stored"]
    assert all(step.sentence and "%(" not in step.sentence for step in explanation.steps)


def assert_it_comes_back_to_the_cent(sale):
    """Quote = order = its invoices, and what is credited in full is nothing."""
    quote, order = fresh(sale.quote), fresh(sale.order)
    assert [getattr(order, name) for name in AMOUNT_COLUMNS] == [
        getattr(quote, name) for name in AMOUNT_COLUMNS
    ]
    assert (order.status, order.billing) == ("invoiced", "complete")
    invoices = [fresh(invoice) for invoice in sale.invoices]
    for name in ("detail_amount", "header_discount_amount", "freight", "freight_tax", "total_tax", "total"):
        assert sum((getattr(invoice, name) for invoice in invoices), ZERO) == getattr(order, name), name
    for line in order.lines.all():
        parts = line.invoice_lines.filter(invoice__kind="invoice")
        for name in line.AMOUNTS:
            assert sum((getattr(part, name) for part in parts), ZERO) == getattr(line, name), name
    for invoice in invoices[:-1]:
        assert invoice.creditable == 0
        assert invoice.total + sum((note.total for note in invoice.credit_notes.all()), ZERO) == 0


def fresh(document):
    return type(document).objects.get(pk=document.pk)


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
@pytest.mark.parametrize("digits", [0, 2, 3])
def test_generated_sales_come_back_to_the_cent_and_every_amount_of_them_is_explained_truly(profile, digits):
    market, random = Market(digits), Random(f"why {profile} {digits}")
    parts = notes = 0
    for _ in range(SALES):
        sale = market.sell(random, profile)
        parts, notes = parts + len(sale.invoices), notes + len(sale.notes)

        assert_it_comes_back_to_the_cent(sale)
        assert_true_and_complete(*explained(sale.quote))
        assert_true_and_complete(*explained(sale.order, origin_of_order))
        for document in (*sale.invoices, *sale.notes):
            assert_true_and_complete(*explained(document, origin_of_invoice))

    assert [str(finding) for finding in verify()] == []
    assert min(parts - SALES, notes) > SALES / 2


def test_page_and_api_say_the_same_amounts():
    market = Market(2)
    sale = market.sell(Random("one sale, told twice"), "per_line")
    reader = Client()
    reader.force_login(market.boss)
    for kind, document in (("quotes", sale.quote), ("orders", sale.order), ("invoices", sale.invoices[0])):
        document = fresh(document)

        answer = reader.get(f"/api/v1/{kind}/{document.public_id}/").json()
        page = reader.get(document.get_absolute_url()).text

        assert Decimal(answer["total"]) == document.total
        assert show_amount(document.total, 2) in page
        for told, line in zip(answer["lines"], document.lines.order_by("position"), strict=True):
            assert {name: Decimal(told[name]) for name in line.AMOUNTS} == {
                name: getattr(line, name) for name in line.AMOUNTS
            }
            if line.net:
                assert show_amount(line.net, 2) in page


def test_figures_changed_behind_its_back_are_confessed_and_never_explained():
    sale = Market(2).sell(Random("a sale that is spoiled"), "per_line")
    line = sale.quote.lines.filter(kind="item").first()
    QuoteLine.objects.filter(pk=line.pk).update(tax=line.tax + 1)

    _quote, _lines, explanation = explained(sale.quote)

    steps = {step.field: step for step in explanation.of_line(line.key)}
    assert (steps["tax"].code, steps["tax"].result) == ("as_stored", line.tax + 1)
    assert "does not follow" in steps["tax"].sentence
    Quote.objects.filter(pk=sale.quote.pk).update(engine_version=99)
    _quote, _lines, explanation = explained(sale.quote)
    assert {step.code for step in explanation.of_line(line.key) if step.field == "net"} == {"other_engine"}


def test_the_erps_figures_are_told_as_the_erps():
    order = OrderFactory(status="submitted", managed_by="demo", erp_number="SO-1")
    line = ErpInvoiceLine("Spindle", Decimal(2), Decimal(50), Decimal(100), Decimal("19.01"), Decimal(19))
    today = timezone.localdate()
    said = ErpInvoice(
        connection="demo", erp_id="77", number="R-1", kind="invoice", erp_status="posted", currency="EUR",
        issued_on=today, due_on=today, net=Decimal(100), tax=Decimal("19.01"), total=Decimal("119.01"),
        amount_paid=ZERO, balance=Decimal("119.01"), lines=[line],
    )  # fmt: skip
    invoice = take_erp_invoice(said, by=service_user("integration"), order=order)

    document, lines, explanation = explained(invoice, origin_of_invoice)

    told = {step.field: step for step in explanation.steps if step.scope == "document"}
    assert told["total"].sentence == "as the ERP said = 119.01"
    assert {step.code for step in explanation.of_line(lines[0].key)} == {"erp"}
    assert told["total_base"].result == document.total_base


def test_an_option_and_a_bundle_are_told_as_what_they_are():
    market = Market(2)
    bundle = ProductFactory(kind="bundle", list_price=500)
    member = ProductFactory()
    BundleMember.objects.create(bundle=bundle, member=member, quantity=2, is_required=True)
    quote = create_quote(
        by=market.boss, name="Deal", account=market.account, currency=market.currency, price_list=market.prices,
        lines=[
            LineChange(product=bundle, quantity=Decimal(3)),
            LineChange(product=market.products[0], quantity=Decimal(2), kind="optional"),
        ],
    )  # fmt: skip

    document, lines, explanation = explained(quote)

    assert_true_and_complete(document, lines, explanation)
    codes = {line.kind: {step.code for step in explanation.of_line(line.key)} for line in lines}
    assert "included" in codes["included"]
    assert "optional" in codes["optional"]


def test_a_cell_changed_alone_leaves_every_sentence_true():
    market = Market(2)
    lines = [LineChange(product=product, quantity=Decimal(7)) for product in market.products[:3]]
    quote = create_quote(
        by=market.boss, name="Deal", account=market.account, currency=market.currency, price_list=market.prices,
        lines=lines, discount_percent=Decimal(10),
    )  # fmt: skip
    line = quote.lines.order_by("position").first()

    def dearer(there):
        return replace(changes_from([there])[0], quantity=Decimal(12), unit_price=Decimal("9.99"))

    def whole(there):
        return [dearer(one) if one.key == line.key else changes_from([one])[0] for one in there]

    set_quote_lines(quote, Touch(line.key, dearer, whole), by=market.boss)

    document, lines, explanation = explained(quote)
    assert_true_and_complete(document, lines, explanation)
    [price] = [step for step in explanation.of_line(line.key) if step.field == "unit_price"]
    assert (price.code, price.result) == ("by_hand_by", Decimal("9.99"))
