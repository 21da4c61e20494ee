"""What bundles hold, what goes with a product, and families that go on sale together."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from catalog.actions import (
    Member,
    activate_family,
    activate_product,
    change_family,
    change_product,
    create_family,
    delete_family,
    retire_product,
    set_members,
    set_related,
)
from catalog.lines import LineChange
from catalog.models import BundleMember, Product, ProductFamily, RelatedProduct
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from quotes.actions import create_quote, set_quote_lines
from tests.api.conftest import client_of
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ProductFactory,
    UnitFactory,
    UnitGroupFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    CurrencyFactory()
    return UserFactory(role="sales_manager")


@pytest.fixture
def browser(manager):
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def kit():
    return ProductFactory(sku="KIT", kind="bundle", status="draft")


def held(bundle):
    return [(row.member.sku, row.quantity, row.is_required) for row in bundle.members.order_by("position")]


# --- members ------------------------------------------------------------------------


def test_a_draft_bundle_gets_members_in_order_and_its_history_and_news_say_so(manager, kit):
    mill, vise = ProductFactory(sku="MILL"), ProductFactory(sku="VISE")

    set_members(kit, [Member(mill, Decimal(2)), Member(vise, is_required=False)], by=manager)

    assert held(kit) == [("MILL", 2, True), ("VISE", 1, False)]
    entry = HistoryEntry.objects.get(verb="members_changed")
    assert entry.changes == {"what it holds": ["", "2 MILL, 1 VISE (optional)"]}
    assert OutboxMessage.objects.get().topic == "product.changed"


def test_setting_the_same_members_again_is_no_change(manager, kit):
    mill = ProductFactory()
    set_members(kit, [Member(mill)], by=manager)

    set_members(kit, [Member(mill)], by=manager)

    assert HistoryEntry.objects.filter(verb="members_changed").count() == 1


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("own_member", lambda kit: Member(kit)),
        ("bundle_in_bundle", lambda kit: Member(ProductFactory(kind="bundle"))),
        ("member_retired", lambda kit: Member(ProductFactory(status="retired"))),
        ("quantity_not_positive", lambda kit: Member(ProductFactory(), Decimal(0))),
        ("too_many_decimals", lambda kit: Member(ProductFactory(), Decimal("1.5"))),
        (
            "unit_not_convertible",
            lambda kit: Member(
                ProductFactory(),
                unit=UnitFactory(code="l", name="litre", group=UnitGroupFactory(name="Volume")),
            ),
        ),
    ],
)
def test_what_cannot_be_a_member_is_named_by_its_row_and_nothing_changes(manager, kit, code, member):
    good = ProductFactory()

    with pytest.raises(DomainError) as refused:
        set_members(kit, [Member(good), member(kit)], by=manager)

    assert [(one.code, one.field.split(".")[1]) for one in refused.value.blockers] == [(code, "1")]
    assert held(kit) == []


def test_a_product_is_a_member_once(manager, kit):
    mill = ProductFactory()

    with pytest.raises(DomainError) as refused:
        set_members(kit, [Member(mill), Member(mill)], by=manager)

    assert refused.value.code == "member_twice"


@pytest.mark.parametrize("status", ["active", "retired"])
def test_members_of_a_bundle_on_sale_or_retired_stay_as_they_are(manager, kit, status):
    sold = ProductFactory(kind="bundle", status=status)

    with pytest.raises(DomainError) as refused:
        set_members(sold, [Member(ProductFactory())], by=manager)

    assert refused.value.code == "bundle_on_sale"
    assert held(sold) == []


def test_only_a_bundle_has_members_and_not_without_end(manager, kit):
    with pytest.raises(DomainError) as no_bundle:
        set_members(ProductFactory(status="draft"), [], by=manager)
    with pytest.raises(DomainError) as too_many:
        set_members(kit, [Member(ProductFactory())] * 51, by=manager)

    assert (no_bundle.value.code, too_many.value.code) == ("no_bundle", "too_many_members")


def test_members_are_for_those_who_keep_the_catalog(kit):
    with pytest.raises(PermissionDenied):
        set_members(kit, [], by=UserFactory())


def test_an_empty_bundle_or_one_with_an_unsold_member_does_not_go_on_sale(manager, kit):
    with pytest.raises(TransitionRefused) as empty:
        activate_product(kit, by=manager)
    BundleMember.objects.create(bundle=kit, member=ProductFactory(status="draft"))
    with pytest.raises(TransitionRefused) as unsold:
        activate_product(kit, by=manager)

    assert [one.code for one in empty.value.blockers] == ["no_members"]
    assert [one.code for one in unsold.value.blockers] == ["member_not_on_sale"]


def test_what_a_bundle_on_sale_always_holds_is_not_retired(manager):
    mill = ProductFactory()
    BundleMember.objects.create(bundle=ProductFactory(kind="bundle"), member=mill)

    with pytest.raises(TransitionRefused) as refused:
        retire_product(mill, by=manager)

    assert [one.code for one in refused.value.blockers] == ["in_bundle_on_sale"]
    assert Product.objects.get(pk=mill.pk).status == "active"


def test_a_bundle_with_members_stays_one_and_a_member_becomes_none(manager, kit):
    mill = ProductFactory()
    BundleMember.objects.create(bundle=kit, member=mill)

    with pytest.raises(DomainError) as stays:
        change_product(kit, by=manager, kind="product")
    with pytest.raises(DomainError) as none:
        change_product(mill, by=manager, kind="bundle")

    assert (stays.value.code, none.value.code) == ("has_members", "is_member")


def test_members_are_typed_on_a_page_and_a_wrong_one_is_marked(browser, kit):
    ProductFactory(sku="MILL", name="End mill")
    ProductFactory(sku="VISE")
    rows = {
        "members-TOTAL_FORMS": "3", "members-INITIAL_FORMS": "0", "version": kit.version,
        "members-0-product": "VISE", "members-0-quantity": "1", "members-0-ORDER": "2",
        "members-1-product": "MILL End mill", "members-1-quantity": "2", "members-1-is_required": "on",
        "members-1-ORDER": "1", "members-2-product": "", "members-2-quantity": "1",
    }  # fmt: skip

    wrong = browser.post("/products/KIT/members/", {**rows, "members-2-product": "NOPE"})
    nothing = held(kit)
    done = browser.post("/products/KIT/members/", rows)

    assert (wrong.status_code, nothing) == (422, [])
    assert "no product “NOPE”" in wrong.text
    assert done.url == "/products/KIT/"
    assert held(kit) == [("MILL", 2, True), ("VISE", 1, False)]
    page = browser.get("/products/KIT/").text
    assert "with every bundle" in page
    assert "by choice" in page
    assert 'value="MILL End mill"' in browser.get("/products/KIT/members/").text


def test_two_people_editing_members_do_not_overwrite_each_other(browser, kit):
    ProductFactory(sku="MILL")
    Product.objects.get(pk=kit.pk).save()
    rows = {
        "members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "version": kit.version,
        "members-0-product": "MILL", "members-0-quantity": "1",
    }  # fmt: skip

    assert browser.post("/products/KIT/members/", rows).status_code == 409
    assert held(kit) == []


def test_members_and_relations_are_set_through_the_api(manager, kit):
    api, where = client_of(manager), f"/api/v1/products/{kit.public_id}/"
    ProductFactory(sku="MILL")

    members = api.post(f"{where}members/", {"members": [{"product": "MILL", "quantity": "2"}]})
    related = api.post(f"{where}related/", {"related_products": [{"kind": "substitute", "product": "MILL"}]})
    wrong = api.post(f"{where}members/", {"members": [{"product": "KIT", "quantity": "1"}]})

    assert members.data["members"] == [
        {"product": "MILL", "quantity": "2.00000", "unit": None, "is_required": True}
    ]
    assert related.data["related_products"] == [{"kind": "substitute", "product": "MILL"}]
    assert (wrong.status_code, wrong.data["errors"][0]["code"]) == (422, "own_member")


def test_the_back_office_writes_members_by_the_same_rules(admin_client, kit):
    CurrencyFactory()
    mill, vise = ProductFactory(sku="MILL"), ProductFactory(sku="VISE")
    add = "/admin/catalog/bundlemember/add/"

    admin_client.post(add, {"bundle": kit.pk, "member": mill.pk, "quantity": "2", "is_required": "on"})
    admin_client.post(add, {"bundle": kit.pk, "member": vise.pk, "quantity": "1"})
    row = kit.members.get(member=mill)
    admin_client.post(f"/admin/catalog/bundlemember/{row.pk}/change/", {"member": mill.pk, "quantity": "3"})
    both = held(kit)
    row = kit.members.get(member=vise)
    admin_client.post(f"/admin/catalog/bundlemember/{row.pk}/delete/", {"post": "yes"})
    wrong = admin_client.post(
        add, {"bundle": kit.pk, "member": ProductFactory(kind="bundle").pk, "quantity": "1"}
    )
    sold = ProductFactory(kind="bundle")
    refused = admin_client.post(add, {"bundle": sold.pk, "member": vise.pk, "quantity": "1"})

    assert both == [("MILL", 3, False), ("VISE", 1, False)]
    assert held(kit) == [("MILL", 3, False)]
    assert "is a bundle itself" in wrong.content.decode()
    assert "revise the bundle first" in refused.content.decode()
    assert held(sold) == []
    assert HistoryEntry.objects.filter(verb="members_changed").count() == 4


# --- related products ----------------------------------------------------------------


def test_related_products_are_set_and_shown(browser, manager):
    spindle, coolant = ProductFactory(sku="CNC"), ProductFactory(sku="COOL", name="Coolant")
    rows = {
        "related-TOTAL_FORMS": "2", "related-INITIAL_FORMS": "0", "version": spindle.version,
        "related-0-kind": "accessory", "related-0-product": "COOL", "related-1-kind": "up_sell",
        "related-1-product": "",
    }  # fmt: skip

    answer = browser.post("/products/CNC/related/", rows)

    assert answer.url == "/products/CNC/"
    assert [(row.kind, row.other) for row in spindle.related.all()] == [("accessory", coolant)]
    assert "COOL Coolant" in browser.get("/products/CNC/").text
    assert HistoryEntry.objects.get(verb="related_changed").changes == {
        "related products": ["", "Accessory: COOL"]
    }


def test_a_product_is_not_related_to_itself_nor_twice_in_one_way(manager):
    one, other = ProductFactory(), ProductFactory()

    for related, code in [
        ([("accessory", one)], "own_relation"),
        ([("accessory", other), ("accessory", other)], "related_twice"),
        ([("cousin", other)], "unknown_kind"),
    ]:
        with pytest.raises(DomainError) as refused:
            set_related(one, related, by=manager)
        assert refused.value.code == code

    set_related(one, [("accessory", other), ("up_sell", other)], by=manager)
    assert RelatedProduct.objects.count() == 2


# --- families -----------------------------------------------------------------------


def test_a_family_goes_on_sale_with_those_below_it_all_or_none(manager):
    tools = create_family(by=manager, name="Tools")
    mills = create_family(by=manager, name="Mills", parent=tools)
    first = ProductFactory(family=tools, status="draft")
    second = ProductFactory(family=mills, status="under_revision")
    retired = ProductFactory(family=mills, status="retired")
    elsewhere = ProductFactory(status="draft")

    done = activate_family(tools, by=manager)

    assert {one.pk for one in done} == {first.pk, second.pk}
    now = dict(Product.objects.values_list("pk", "status"))
    assert [now[one.pk] for one in (first, second, retired, elsewhere)] == [
        "active",
        "active",
        "retired",
        "draft",
    ]
    assert HistoryEntry.objects.filter(verb="activated").count() == 2
    ProductFactory(sku="A", family=tools, status="draft")
    ProductFactory(sku="B", family=tools, kind="bundle", status="draft")
    with pytest.raises(TransitionRefused):
        activate_family(tools, by=manager)
    assert Product.objects.get(sku="A").status == "draft"


def test_a_bundle_goes_on_sale_after_its_members(manager):
    family = create_family(by=manager, name="Tools")
    kit = ProductFactory(sku="A-KIT", kind="bundle", family=family, status="draft")
    BundleMember.objects.create(bundle=kit, member=ProductFactory(sku="Z", family=family, status="draft"))

    assert [one.sku for one in activate_family(family, by=manager)] == ["Z", "A-KIT"]


def test_a_family_does_not_stand_below_itself_and_goes_only_when_empty(manager):
    tools = create_family(by=manager, name="Tools")
    mills = create_family(by=manager, name="Mills", parent=tools)

    with pytest.raises(DomainError) as circle:
        change_family(tools, by=manager, parent=mills)
    with pytest.raises(DomainError) as used:
        delete_family(tools, by=manager)
    delete_family(mills, by=manager)

    assert (circle.value.code, used.value.code) == ("circular_family", "in_use")
    assert list(ProductFamily.objects.all()) == [tools]


def test_the_tree_counts_what_is_below_and_filters_the_list(browser, manager):
    tools = create_family(by=manager, name="Tools")
    mills = create_family(by=manager, name="Mills", parent=tools)
    ProductFactory(sku="IN-MILLS", family=mills, status="draft")
    ProductFactory(sku="NOWHERE")

    tree = browser.get("/families/").text
    found = browser.get(f"/products/?family={tools.pk}").text

    assert "Put 1 on sale" in tree
    assert "IN-MILLS" in found
    assert "NOWHERE" not in found
    answer = browser.post(f"/families/{tools.pk}/activate/")
    assert answer.url == "/families/"
    assert Product.objects.get(sku="IN-MILLS").status == "active"


def test_a_tree_of_twenty_families_asks_as_often_as_one_of_one(browser, manager):
    parent = create_family(by=manager, name="Family")
    one = queries(lambda: browser.get("/families/"))
    for number in range(20):
        ProductFactory(family=create_family(by=manager, name=f"Family {number}", parent=parent))

    assert len(queries(lambda: browser.get("/families/"))) == len(one) <= 8


# --- the period of sale ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"valid_from": dt.date(2026, 6, 1)}, "is sold from 2026-06-01 on"),
        ({"valid_to": dt.date(2026, 4, 30)}, "was sold until 2026-04-30"),
    ],
)
def test_a_product_outside_of_its_period_is_not_added_and_one_that_stands_there_stays(manager, period, words):
    product = ProductFactory(**period)
    account = AccountFactory(owner=manager, team=manager.team)
    head = {"by": manager, "name": "Deal", "account": account, "currency": CurrencyFactory()}
    line = LineChange(product=product)
    day = dt.date(2026, 5, 15)

    with pytest.raises(DomainError) as refused:
        create_quote(**head, effective_from=day, lines=[line])
    fine = {"valid_from": dt.date(2026, 6, 1), "valid_to": dt.date(2026, 4, 30)}
    quote = create_quote(**head, effective_from=fine[next(iter(period))], lines=[line])

    assert [(one.code, one.field) for one in refused.value.blockers] == [
        ("product_not_valid", "lines.0.product")
    ]
    assert words in str(refused.value.blockers[0].text)
    Product.objects.filter(pk=product.pk).update(valid_from=None, valid_to=dt.date(2000, 1, 1))
    there = quote.lines.get()
    set_quote_lines(quote, [LineChange(product=product, quantity=Decimal(2), key=there.key)], by=manager)
    assert quote.lines.get().quantity == 2
