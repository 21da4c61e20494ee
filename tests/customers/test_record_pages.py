"""The pages of an account and a contact: each figure is the sum of the list behind it, as its reader sees it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import history
from reports.customer_figures import figures
from tests.document_factories import InvoiceFactory, OrderFactory, OrderLineFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    ProductFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ROLES = ["salesperson", "sales_manager", "finance", "administrator"]
TABS = ["overview", "deals", "documents", "people", "products", "prices", "timeline", "erp"]
SEEN = {
    "salesperson": "(owner_id = {user} or (owner_id is null and team_id = {team}))",
    "sales_manager": "(owner_id = {user} or team_id = {team})",
    "finance": "true",
    "administrator": "true",
}  # fmt: skip


@pytest.fixture
def group():
    """A group with a daughter and a granddaughter, business of two people of one team and of a stranger in each."""
    CurrencyFactory()
    team = TeamFactory()
    ada, ben, stranger = UserFactory(team=team), UserFactory(team=team), UserFactory()
    top = AccountFactory(owner=ada, name="Group")
    daughter = AccountFactory(owner=ben, parent=top)
    below = AccountFactory(owner=ada, parent=daughter)
    dollar = CurrencyFactory(code="USD")
    for place, account in enumerate((top, daughter, below), 1):
        for owner in (ada, ben, stranger):
            head = {"account": account, "owner": owner, "team": owner.team}
            foreign = {**head, "currency": dollar, "exchange_rate": Decimal("0.5")}
            OpportunityFactory(**head, estimated_revenue=Decimal(1000 * place))
            OpportunityFactory(**foreign, estimated_revenue=Decimal(10))
            OpportunityFactory(**head, status="lost", estimated_revenue=Decimal(7))
            QuoteFactory(**head, status="active")
            QuoteFactory(**head)
            OrderFactory(**head, status="submitted", lines=place)
            OrderFactory(**head, status="canceled", status_reason="other")
            InvoiceFactory(**head, status_reason="billed", lines=place)
    return {"top": top, "ada": ada, "team": team, "accounts": (top, daughter, below)}


def reader_of(group, role):
    if role == "salesperson":
        return group["ada"]
    return UserFactory(role=role, team=group["team"] if role == "sales_manager" else None)


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def told(group, reader, role, whole):
    """The same figures by SQL of our own: (count, sum in base currency) of each tile."""
    ids = [one.pk for one in group["accounts"]] if whole else [group["top"].pk]
    seen = SEEN[role].format(user=reader.pk, team=group["team"].pk)
    where = f"account_id in ({', '.join(map(str, ids))}) and {seen}"
    sums = "select count(*), coalesce(sum({} * exchange_rate), 0) from {} where {} and {}"
    owed = "kind = 'invoice' and number is not null and balance > 0"
    return {
        "Open deals": asked(sums.format("estimated_revenue", "opportunities_opportunity", "status = 'open'", where)),
        "Quotes out": asked(sums.format("total", "quotes_quote", "status = 'active'", where)),
        "Orders under way": asked(sums.format("total", "orders_order", "status in ('active', 'submitted')", where)),
        "Open invoices": asked(sums.format("balance", "invoices_invoice", owed, where)),
        "Sold, net": asked(
            sums.format("(pre_freight_amount + freight)", "orders_order",
                        "status in ('submitted', 'fulfilled', 'invoiced')", where)
        ),
    }  # fmt: skip


@pytest.mark.parametrize("whole", [False, True], ids=["alone", "with subsidiaries"])
@pytest.mark.parametrize("role", ROLES)
def test_every_figure_is_what_sql_says_for_the_reader(group, role, whole):
    reader = reader_of(group, role)

    found = {tile.label: tile.sums for tile in figures(reader, group["top"], whole=whole)}

    for label, (count, amount) in told(group, reader, role, whole).items():
        assert count
        shown = found[label]
        counted = shown.count if label != "Sold, net" else count
        assert (counted, round(shown.base, 2)) == (count, round(Decimal(str(amount)), 2)), label


@pytest.mark.parametrize("whole", [False, True], ids=["alone", "with subsidiaries"])
@pytest.mark.parametrize("role", ROLES)
def test_every_figure_counts_the_rows_of_the_list_it_leads_to(client, group, role, whole):
    client.force_login(reader_of(group, role))
    reader = reader_of(group, role)
    client.force_login(reader)

    for tile in figures(reader, group["top"], whole=whole):
        text = client.get(tile.url).text
        rows = text.split("<tbody")[1].split("</tbody>")[0].count("<tr") if "<tbody" in text else 0
        assert rows == tile.sums.count, tile.label


def test_amounts_in_several_currencies_are_added_in_base_currency_and_said_to_be(client, group):
    client.force_login(group["ada"])

    text = client.get(group["top"].get_absolute_url()).text

    assert "≈ €1,005.00" in text  # 1,000 euro and 10 dollars at 0.5


def fill(account, owner, rows):
    ContactFactory.create_batch(rows, account=account, owner=owner)
    AccountFactory.create_batch(rows, parent=account, owner=owner)
    for factory in (LeadFactory, OpportunityFactory, QuoteFactory, InvoiceFactory):
        factory.create_batch(rows, account=account, owner=owner)
    for _n in range(rows):
        order = OrderFactory(account=account, owner=owner, status="submitted", lines=0)
        OrderLineFactory(order=order, product=ProductFactory())
        history.record(account, "changed", by=owner)
    ActivityFactory.create_batch(rows, regarding=account, owner=owner)


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "administrator"])
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_the_same_however_much_hangs_on_the_customer(client, role, tab):
    user = UserFactory(role=role)
    client.force_login(user)
    page = {"tab": tab, "whole": "1"}
    few, much = (AccountFactory(owner=user, credit_limit=Decimal(9), tax_number="DE136695976") for _n in "ab")
    fill(few, user, 2)
    fill(much, user, 5)
    client.get(few.get_absolute_url(), page)  # what is remembered after the first time

    counts = []
    for account in (few, much):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(account.get_absolute_url(), page).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[1] <= 36


@pytest.mark.parametrize("tab", ["overview", "deals", "documents", "products", "prices", "timeline"])
def test_the_page_of_a_person_costs_the_same_however_much_hangs_on_it(client, tab):
    user = UserFactory(role="sales_manager")
    client.force_login(user)
    counts = []
    for rows in (2, 2, 5):
        contact = ContactFactory(owner=user, account=AccountFactory(owner=user))
        for factory in (OpportunityFactory, QuoteFactory, OrderFactory, InvoiceFactory):
            factory.create_batch(rows, contact=contact, owner=user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(contact.get_absolute_url(), {"tab": tab}).status_code == 200
        counts.append(len(captured))

    assert counts[1] == counts[2] <= 30


def test_a_customers_page_leads_to_everything_around_it(client):
    seller = UserFactory()
    client.force_login(seller)
    account = AccountFactory(owner=seller, name="Borg GmbH", phone="030 1", email="info@example.com")
    ContactFactory(owner=seller, account=account, first_name="Ada", last_name="Long")
    deal = OpportunityFactory(owner=seller, account=account, estimated_revenue=Decimal(1234))
    quote = QuoteFactory(owner=seller, account=account)
    hidden = OpportunityFactory(account=account)
    base = account.get_absolute_url()

    overview = client.get(base).text
    for found in (
        "Borg GmbH",
        "030 1",
        "Ada Long",
        "€1,234.00",
        "New opportunity",
        'href="tel:0301"',
        "mailto:info@",
    ):
        assert found in overview
    assert deal.number in client.get(base, {"tab": "deals"}).text
    assert hidden.number not in client.get(base, {"tab": "deals"}).text
    assert quote.ref in client.get(base, {"tab": "documents"}).text
    assert (
        "ERP"
        not in re.sub(r"<head.*</head>", "", overview, flags=re.DOTALL).split("<main")[1].split("</main>")[0]
    )


def test_products_bought_are_added_up_from_the_orders_one_may_see(client):
    seller = UserFactory()
    client.force_login(seller)
    account = AccountFactory(owner=seller)
    product = ProductFactory(name="Spindle")
    for quantity, owner in ((2, seller), (3, seller), (100, UserFactory())):
        order = OrderFactory(account=account, owner=owner, status="submitted", lines=0)
        OrderLineFactory(order=order, product=product, quantity=quantity, unit_price=100, net=100 * quantity)
    draft = OrderFactory(account=account, owner=seller, lines=0)
    OrderLineFactory(order=draft, product=product, quantity=50, net=5000)
    half = OrderFactory(account=account, owner=seller, status="submitted", lines=0)
    OrderLineFactory(
        order=half, product=product, quantity=3, quantity_canceled=1, unit_price=10, net=Decimal(30)
    )

    text = client.get(account.get_absolute_url(), {"tab": "products"}).text

    row = text.split("Spindle")[1].split("</tr>")[0]
    assert ">7 " in row  # 2 + 3 + the 2 of 3 that were not canceled
    assert "€520.00" in row
    assert half.number in row


def test_what_they_pay_shows_todays_price_beside_the_last(client):
    seller = UserFactory()
    client.force_login(seller)
    account = AccountFactory(owner=seller)
    product = ProductFactory(name="Spindle", list_price=Decimal(120))
    order = OrderFactory(account=account, owner=seller, status="submitted", lines=0)
    OrderLineFactory(order=order, product=product, unit=product.unit, quantity=2, net=Decimal(200))

    text = client.get(account.get_absolute_url(), {"tab": "prices"}).text

    for found in ("€120.00", "€100.00", "+€20.00", f"product={product.sku}"):
        assert found in text


def test_people_are_found_by_name_and_those_of_other_companies_are_named_with_their_role(client):
    seller = UserFactory()
    client.force_login(seller)
    account = AccountFactory(owner=seller)
    ContactFactory(owner=seller, account=account, last_name="Zuse")
    advisor = ContactFactory(
        owner=seller, account=AccountFactory(owner=seller, name="Advice"), last_name="Noether"
    )
    advisor.affiliations.create(account=account, role="Influencer")
    ContactFactory(account=account, last_name="Unseen")
    page = reverse("customers:account", args=[account.ref])

    everybody = client.get(page, {"tab": "people"}).text
    found = client.get(page, {"tab": "people", "q": "noet"}).text

    assert ("Zuse" in everybody, "Noether" in everybody, "Unseen" in everybody) == (True, True, False)
    assert ("Influencer" in everybody, "Advice" in everybody) == (True, True)
    assert ("Zuse" in found, "Noether" in found) == (False, True)


def test_the_tree_shows_the_group_as_far_as_one_may_see_it(client):
    seller = UserFactory()
    client.force_login(seller)
    top = AccountFactory(owner=seller, name="Top")
    unseen = AccountFactory(parent=top, name="Unseen")
    below = AccountFactory(owner=seller, parent=unseen, name="Below")

    text = client.get(below.get_absolute_url()).text

    tree = text.split('id="family"')[1].split("</section>")[0]
    assert (top.get_absolute_url() in tree, "Unseen" in tree) == (True, False)
    assert '<li class="level-1" aria-current="true">' in tree


def test_a_tax_number_is_checked_and_never_blocks(client):
    seller = UserFactory()
    client.force_login(seller)
    right = AccountFactory(owner=seller, tax_number="DE136695976", country="DE")
    wrong = AccountFactory(owner=seller, tax_number="DE123456789", country="DE")

    assert "valid for DE by its check digits" in client.get(right.get_absolute_url()).text
    assert "Looks wrong" in client.get(wrong.get_absolute_url()).text
    posted = {"name": "New", "tax_treatment": "normal", "tax_number": "DE1", "version": "1"}
    assert client.post(wrong.get_absolute_url() + "edit/", posted).status_code == 302


def test_credit_is_for_those_with_the_right_and_is_what_holds_orders_back(client):
    seller = UserFactory()
    account = AccountFactory(owner=seller, credit_limit=Decimal(1000))
    OrderFactory(account=account, owner=seller, status="submitted")
    InvoiceFactory(account=account, owner=seller, status_reason="billed")
    OrderFactory(account=account, owner=seller)

    client.force_login(seller)
    assert "meter" not in client.get(account.get_absolute_url()).text.split("<main")[1]

    client.force_login(UserFactory(role="finance"))
    text = client.get(account.get_absolute_url()).text
    assert "€238.00 of €1,000.00 used" in text
    assert "Ordered, not billed" in text


def test_owing_in_a_currency_without_a_rate_of_today_is_said(client):
    account = AccountFactory(credit_limit=Decimal(1000))
    InvoiceFactory(account=account, status_reason="billed", currency=CurrencyFactory(code="USD"))
    client.force_login(UserFactory(role="finance"))

    assert "There is no exchange rate of today for USD" in client.get(account.get_absolute_url()).text
