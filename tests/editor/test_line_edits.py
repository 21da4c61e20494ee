"""What the editor's script can ask for: many lines at once, sections, options, and everything taken back."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from catalog.documents import LineKind
from catalog.lines import LineChange, lines_of
from catalog.models import BundleMember, RelatedProduct
from kernel import history
from quotes.actions import set_quote_lines
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import PriceListFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def browser(rep):
    client = Client()
    client.force_login(rep)
    return client


@pytest.fixture
def quote(rep):
    """Four lines in our own words, A to D."""
    made = QuoteFactory(owner=rep, lines=0)
    set_quote_lines(made, [LineChange(description=name, unit_price=Decimal(10)) for name in "ABCD"], by=rep)
    return made


def edit(browser, document, **said):
    """One thing done, as lines.js sends it."""
    document.refresh_from_db()
    data = {"version": document.version, "merge": "1", **said}
    return browser.post(f"{document.get_absolute_url()}lines/", data, headers={"X-Lines": "1"})


def names(document):
    return [line.description for line in lines_of(document)]


def keys(document, letters):
    return [str(line.key) for line in lines_of(document) if line.description in letters]


@pytest.mark.parametrize(
    ("letters", "where", "order"),
    [
        ("C", "up", "ACBD"), ("A", "up", "ABCD"), ("B", "down", "ACBD"), ("D", "down", "ABCD"), ("D", "top", "DABC"),
        ("A", "bottom", "BCDA"), ("D", "2", "ADBC"), ("A", "99", "BCDA"), ("BD", "top", "BDAC"), ("AB", "down", "CABD"),
        ("A", "nonsense", "ABCD"),
    ],
)  # fmt: skip
def test_lines_move_where_they_are_sent(browser, quote, letters, where, order):
    answer = edit(browser, quote, do="move", line=keys(quote, letters), value=where)

    assert answer.status_code == 200
    assert "".join(names(quote)) == order
    told = re.search(r"<p data-order>([^<]*)</p>", answer.text)[1].split()
    assert told == [str(line.key) for line in lines_of(quote)]


def test_removed_lines_come_back_at_their_places_with_their_keys_and_figures(browser, quote):
    edit(browser, quote, do="cell", line=keys(quote, "B"), cell="discount", value="5")
    before = [[getattr(line, name) for name in ("key", *line.COPIED)] for line in lines_of(quote)]

    answer = edit(browser, quote, do="remove", line=keys(quote, "BD"))
    assert names(quote) == ["A", "C"]
    assert answer.text.count("data-gone") == 2
    note = re.search(r'data-undo="([^"]*)"', answer.text)[1]
    again = edit(browser, quote, do="restore", value=note)

    assert again.status_code == 200, again.text
    assert [[getattr(line, name) for name in ("key", *line.COPIED)] for line in lines_of(quote)] == before


def test_a_removal_is_taken_back_once_and_on_its_own_document_only(browser, rep, quote):
    note = re.search(r'data-undo="([^"]*)"', edit(browser, quote, do="remove", line=keys(quote, "A")).text)[1]
    other = QuoteFactory(owner=rep, lines=1)

    assert edit(browser, other, do="restore", value=note).status_code == 422
    assert edit(browser, quote, do="restore", value=note[:-2] + "xx").status_code == 422
    assert edit(browser, quote, do="restore", value=note).status_code == 200
    assert edit(browser, quote, do="restore", value=note).status_code == 200

    assert names(quote) == list("ABCD")
    assert other.lines.count() == 1


def test_a_removed_line_comes_back_at_the_price_it_had_though_the_list_changed(browser, rep):
    product = ProductFactory()
    prices = PriceListFactory(items={product: "90"})
    quote = QuoteFactory(owner=rep, lines=0, price_list=prices)
    set_quote_lines(quote, [LineChange(product=product)], by=rep)
    answer = edit(browser, quote, do="remove", line=str(lines_of(quote)[0].key))
    prices.items.update(amount=70)

    edit(browser, quote, do="restore", value=re.search(r'data-undo="([^"]*)"', answer.text)[1])

    assert lines_of(quote)[0].unit_price == 90


def test_one_discount_for_all_lines_that_are_chosen(browser, quote):
    answer = edit(browser, quote, do="discount", line=keys(quote, "AC"), value="7,5%")

    assert answer.text.count("<tr data-line") == 2
    assert [line.discount_percent for line in lines_of(quote)] == [7.5, None, 7.5, None]
    assert edit(browser, quote, do="discount", line=keys(quote, "AC"), value="lots").status_code == 422


def test_duplicates_stand_below_the_last_of_their_originals(browser, quote):
    edit(browser, quote, do="copy", line=keys(quote, "AC"))

    assert names(quote) == ["A", "B", "C", "A", "C", "D"]


def test_sections_show_what_counts_below_them(browser, rep, quote):
    first = keys(quote, "B")[0]

    answer = edit(browser, quote, do="add", line=first, kind="section", product="Services")
    assert 'data-kind="section"' in answer.text
    assert "20.00" in answer.text.split('data-kind="section"')[1].split("</tr>")[0]
    changed = edit(browser, quote, do="cell", line=keys(quote, "D"), cell="quantity", value="3", was="1")

    assert [line.kind for line in lines_of(quote)] == ["item", "item", "section", "item", "item"]
    assert "40.00" in changed.text.split('data-kind="section"')[1].split("</tr>")[0]
    assert names(quote)[2] == "Services"


def test_an_option_counts_only_once_it_is_part_of_the_offer(browser, quote):
    key = keys(quote, "D")

    answer = edit(browser, quote, do="kind", line=key, value="optional")
    quote.refresh_from_db()
    assert (quote.total, lines_of(quote)[3].kind) == (30, LineKind.OPTIONAL)
    assert "(10.00)" in answer.text
    edit(browser, quote, do="kind", line=key, value="item")

    quote.refresh_from_db()
    assert quote.total == 40


def test_a_bundle_is_no_option_because_its_members_would_be_delivered_anyway(browser, rep):
    bundle = ProductFactory(kind="bundle", name="Kit")
    BundleMember.objects.create(bundle=bundle, member=ProductFactory(), quantity=4)
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={bundle: "100"}))

    answer = edit(browser, quote, do="add", line="", kind="optional", product=bundle.sku)

    assert answer.status_code == 422
    assert "a bundle cannot be optional" in answer.text
    assert not quote.lines.exists()


def test_who_removes_a_line_that_another_has_changed_is_asked(browser, quote):
    stale, key = quote.version, keys(quote, "A")
    shown = "A\t1\t\t10.00\t\t"
    edit(browser, quote, do="cell", line=key, cell="quantity", value="5", was="1")

    refused = edit(browser, quote, do="remove", line=key, was=shown, version=stale)
    unchanged = edit(
        browser, quote, do="remove", line=keys(quote, "B"), was=shown.replace("A", "B"), version=stale
    )

    assert (refused.status_code, unchanged.status_code) == (409, 200)
    assert names(quote) == ["A", "C", "D"]


def test_an_order_has_no_options(browser, rep):
    order = OrderFactory(owner=rep)
    answer = edit(browser, order, do="kind", line=str(lines_of(order)[0].key), value="optional")

    assert answer.status_code == 422
    assert "optional" in answer.text


def test_a_bundle_is_moved_copied_and_removed_with_its_members(browser, rep):
    bundle, member = ProductFactory(kind="bundle", name="Kit"), ProductFactory(name="Screw")
    BundleMember.objects.create(bundle=bundle, member=member, quantity=4)
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={bundle: "100"}))
    set_quote_lines(quote, [LineChange(description="A", unit_price=Decimal(1))], by=rep)

    answer = edit(browser, quote, do="add", line=keys(quote, "A"), product=bundle.sku)
    assert answer.text.count("<tr data-line") == 2
    kit = keys(quote, ["Kit"])[0]
    edit(browser, quote, do="move", line=kit, value="top")
    assert names(quote) == ["Kit", "Screw", "A"]
    edit(browser, quote, do="copy", line=kit)
    assert names(quote) == ["Kit", "Screw", "Kit", "Screw", "A"]
    removed = edit(browser, quote, do="remove", line=kit)

    assert names(quote) == ["Kit", "Screw", "A"]
    edit(browser, quote, do="restore", value=re.search(r'data-undo="([^"]*)"', removed.text)[1])
    assert names(quote) == ["Kit", "Screw", "Kit", "Screw", "A"]


def test_what_goes_with_a_product_is_named_when_it_is_picked_and_only_then(browser, quote):
    drive, cable = ProductFactory(name="Drive"), ProductFactory(name="Cable")
    RelatedProduct.objects.create(product=drive, other=cable, kind="accessory")

    picked = edit(browser, quote, do="add", line="", product=drive.sku)
    typed = edit(browser, quote, do="cell", line=keys(quote, ["Drive"]), cell="quantity", value="2")

    assert f'data-product="{cable.sku} Cable"' in picked.text
    assert "data-related" not in typed.text


def test_a_product_that_left_the_shop_is_pointed_out_in_its_row(browser, rep):
    quote = QuoteFactory(owner=rep, lines__product=ProductFactory(status="retired"))

    page = browser.get(quote.get_absolute_url()).text

    assert "Not for sale any more" in page


def test_two_people_in_different_cells_both_keep_theirs_and_see_the_other_one(browser, quote):
    stale = quote.version
    edit(browser, quote, do="cell", line=keys(quote, "A"), cell="quantity", value="5", was="1")

    answer = edit(
        browser, quote, do="cell", line=keys(quote, "B"), cell="quantity", value="6", was="1", version=stale
    )

    assert answer.status_code == 200
    assert [line.quantity for line in lines_of(quote)] == [5, 6, 1, 1]
    assert "data-all" in answer.text
    assert answer.text.count("<tr data-line") == 4


def test_the_same_cell_changed_by_both_asks_whose_text_holds(browser, quote):
    stale, key = quote.version, keys(quote, "A")
    edit(browser, quote, do="cell", line=key, cell="quantity", value="5", was="1")

    answer = edit(browser, quote, do="cell", line=key, cell="quantity", value="6", was="1", version=stale)

    assert answer.status_code == 409
    assert 'data-theirs="5"' in answer.text
    assert lines_of(quote)[0].quantity == 5
    mine = edit(browser, quote, do="cell", line=key, cell="quantity", value="6", was="5", version=stale)
    assert (mine.status_code, lines_of(quote)[0].quantity) == (200, 6)


@pytest.mark.parametrize("do", ["cell", "copy", "move", "remove", "discount", "kind"])
def test_lines_that_are_gone_are_said_to_be_gone(browser, quote, do):
    answer = edit(
        browser, quote, do=do, line="54f93176-448d-4cb7-b710-e29e08ec2cd6", cell="quantity", value="2"
    )

    assert answer.status_code == 422
    assert "not there any more" in answer.text


def test_removing_90_lines_is_one_entry_and_takes_the_statements_of_removing_two(browser, rep):
    counted = []
    for count in (2, 90):
        quote = QuoteFactory(owner=rep, lines=0)
        set_quote_lines(quote, [LineChange(description="A", unit_price=Decimal(1))] * (count + 1), by=rep)
        gone = [str(line.key) for line in lines_of(quote)][1:]
        before = history.of(quote).count()
        counted.append(len(queries(lambda q=quote, k=gone: edit(browser, q, do="remove", line=k))))
        assert (quote.lines.count(), history.of(quote).count()) == (1, before + 1)

    assert counted[0] == counted[1]
