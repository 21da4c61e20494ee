"""Sections, notes, options and bundles: what counts and what only stands there."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict

from catalog.line_edits import LineEdit
from catalog.lines import LineChange, changes_from, lines_of
from catalog.models import BundleMember, Product
from kernel.errors import DomainError
from orders.actions import accept_quote, set_order_lines
from quotes.actions import activate_quote, choose_options, set_quote_lines
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import ProductFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


def words(text, kind="section"):
    return LineChange(kind=kind, description=text, quantity=Decimal(0))


def item(price, quantity=1, kind="item"):
    return LineChange(
        description=f"Work at {price}", quantity=Decimal(quantity), unit_price=Decimal(price), kind=kind
    )


def test_texts_and_options_stand_on_a_quote_without_counting(rep):
    quote = QuoteFactory(owner=rep, lines=0)
    wanted = [words("Machines"), item(100, 2), words("Ships in May", "note"), item(50, kind="optional")]

    quote = set_quote_lines(quote, wanted, by=rep)

    section, machine, note, option = lines_of(quote)
    assert quote.total == machine.total == 200
    assert (section.quantity, section.total, note.net) == (0, 0, 0)
    assert option.total == 50


def test_a_quote_of_words_only_is_not_offered(rep):
    quote = QuoteFactory(owner=rep, lines=0)
    set_quote_lines(quote, [words("Machines"), item(50, kind="optional")], by=rep)

    with pytest.raises(DomainError) as refused:
        activate_quote(quote, by=rep)

    assert [blocker.code for blocker in refused.value.blockers] == ["no_lines"]


def test_the_order_holds_what_was_chosen_and_the_quote_says_the_same_total(rep):
    quote = QuoteFactory(owner=rep, lines=0)
    wanted = [words("Machines"), item(100), item(50, kind="optional"), item(70, kind="optional")]
    quote = activate_quote(set_quote_lines(quote, wanted, by=rep), by=rep)
    chosen = lines_of(quote)[2]

    quote = choose_options(quote, {chosen.key}, by=rep)
    order = accept_quote(quote, by=rep)

    assert quote.total == order.total == 150
    assert [line.kind for line in lines_of(order)] == ["section", "item", "item"]
    assert [line.kind for line in lines_of(quote)] == ["section", "item", "item", "optional"]


def test_only_an_option_of_this_very_quote_can_be_chosen(rep):
    quote = QuoteFactory(owner=rep, lines=0)
    quote = activate_quote(set_quote_lines(quote, [item(100)], by=rep), by=rep)

    with pytest.raises(DomainError):
        choose_options(quote, {lines_of(quote)[0].key}, by=rep)


def test_orders_have_no_options(rep):
    order = OrderFactory(owner=rep, lines=0)

    with pytest.raises(DomainError) as refused:
        set_order_lines(order, [item(50, kind="optional")], by=rep)

    assert refused.value.code == "no_options"


def test_the_database_knows_that_a_text_costs_nothing(rep):
    quote = set_quote_lines(QuoteFactory(owner=rep, lines=0), [words("Machines")], by=rep)
    section = lines_of(quote)[0]
    section.total = Decimal(1)

    with pytest.raises(IntegrityError), transaction.atomic():
        section.save()


@pytest.fixture
def bundle():
    whole = ProductFactory(kind=Product.Kind.BUNDLE, list_price=900)
    BundleMember.objects.create(bundle=whole, member=ProductFactory(list_price=500), quantity=2)
    BundleMember.objects.create(bundle=whole, member=ProductFactory(list_price=80), is_required=False)
    return whole


def test_a_bundle_brings_its_members_and_has_the_price_for_them(rep, bundle):
    quote = QuoteFactory(owner=rep, lines=0)

    quote = set_quote_lines(quote, [LineChange(product=bundle, quantity=Decimal(3))], by=rep)

    whole, member, extra = lines_of(quote)
    assert [line.kind for line in (whole, member, extra)] == ["item", "included", "optional"]
    assert (whole.quantity, member.quantity, extra.quantity) == (3, 6, 3)
    assert quote.pre_freight_amount == whole.net == 2700
    assert member.total == 0


def test_the_members_of_a_bundle_grow_with_it(rep, bundle):
    quote = QuoteFactory(owner=rep, lines=0)
    quote = set_quote_lines(quote, [LineChange(product=bundle, quantity=Decimal(3))], by=rep)

    def five(there):
        first, *rest = changes_from(there)
        return [first.__class__(product=first.product, quantity=Decimal(5), key=first.key), *rest]

    quote = set_quote_lines(quote, five, by=rep)

    assert [line.quantity for line in lines_of(quote)] == [5, 10, 3]


def test_a_removed_bundle_takes_its_members_along(rep, bundle):
    quote = QuoteFactory(owner=rep, lines=0)
    quote = set_quote_lines(quote, [item(100), LineChange(product=bundle)], by=rep)

    quote = set_quote_lines(
        quote, lambda there: [one for one in changes_from(there) if one.product != bundle], by=rep
    )

    assert [line.kind for line in lines_of(quote)] == ["item", "optional"]


def test_a_smaller_bundle_holds_whole_pieces_and_never_none(rep, bundle):
    quote = QuoteFactory(owner=rep, lines=0)
    quote = set_quote_lines(quote, [LineChange(product=bundle, quantity=Decimal(7))], by=rep)
    keep = bundle.members.get(is_required=True)

    def now(quantity):
        def changed(there):
            return [
                LineChange(product=bundle, quantity=Decimal(quantity), key=one.key)
                if one.product == bundle
                else one
                for one in changes_from(there)
            ]

        return changed

    for quantity, members in ((3, 6), (1, 2), (7, 14)):
        quote = set_quote_lines(quote, now(quantity), by=rep)
        assert quote.lines.get(product=keep.member).quantity == members


@pytest.mark.parametrize("above", [None, "item"])
def test_nothing_is_given_away_by_calling_it_included(rep, bundle, above):
    stranger = LineChange(product=ProductFactory(list_price=5000), kind="included")
    wanted = [item(100), stranger] if above else [LineChange(product=bundle), stranger]

    with pytest.raises(DomainError) as refused:
        set_quote_lines(QuoteFactory(owner=rep, lines=0), wanted, by=rep)

    assert refused.value.code == "not_in_bundle"


def test_a_member_typed_over_with_something_dear_is_not_given_away(rep, bundle):
    quote = set_quote_lines(QuoteFactory(owner=rep, lines=0), [LineChange(product=bundle)], by=rep)
    member = lines_of(quote)[1]
    dear = ProductFactory(list_price=5000)
    cell = QueryDict(mutable=True)
    cell.update({"do": "cell", "line": str(member.key), "cell": "product", "value": dear.sku})
    edit = LineEdit(cell)

    with pytest.raises(DomainError) as refused:
        set_quote_lines(quote, edit.wanted(quote), by=rep)

    assert refused.value.code == "not_in_bundle"


def test_an_order_of_a_bundle_leaves_out_what_is_only_offered(rep, bundle):
    order = set_order_lines(OrderFactory(owner=rep, lines=0), [LineChange(product=bundle)], by=rep)

    assert [line.kind for line in lines_of(order)] == ["item", "included"]
