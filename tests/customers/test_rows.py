"""The tables of addresses, phones and companies as people fill them in, carefully or not."""

import pytest

from tests.customers.test_book import reach
from tests.factories import AccountFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db
ODD = ["x" * 300, "a\0b", "'; drop", "{{7*7}}", "\N{RIGHT-TO-LEFT OVERRIDE}x", "<script>", "-1", "9" * 5000]


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def rows(prefix, *said, known=0):
    form = {f"{prefix}-TOTAL_FORMS": len(said), f"{prefix}-INITIAL_FORMS": known}
    return form | {f"{prefix}-{n}-{name}": value for n, row in enumerate(said) for name, value in row.items()}


def test_phones_are_filled_in_as_a_table_and_empty_rows_are_left_out(client, seller):
    account = AccountFactory(owner=seller, email="a@example.com")
    page = f"{account.get_absolute_url()}reach/"
    assert 'value="a@example.com"' in client.get(page).text

    answer = client.post(page, rows(
        "points", {"kind": "email", "value": "a@example.com", "label": "Sales", "is_primary": "on"},
        {"kind": "phone", "value": "030 1"}, {"kind": "", "value": ""}, known=1,
    ))  # fmt: skip

    assert answer.status_code == 302
    account.refresh_from_db()
    assert reach(account) == [("email", "a@example.com", "Sales", True), ("phone", "030 1", "", True)]


def test_a_row_that_does_not_fit_says_so_beside_itself_and_everything_typed_stays(client, seller):
    account = AccountFactory(owner=seller)

    answer = client.post(
        f"{account.get_absolute_url()}reach/",
        rows("points", {"kind": "email", "value": "b@example.com"}, {"kind": "email", "value": "nobody"}),
    )

    assert answer.status_code == 422
    assert "Row 2, Number or address: This is no e-mail address or phone number." in answer.text
    assert 'value="b@example.com"' in answer.text
    assert not account.points.exists()


def test_an_address_is_added_and_taken_out_again(client, seller):
    account = AccountFactory(owner=seller)
    page = f"{account.get_absolute_url()}addresses/"
    said = {"kind": "ship_to", "city": "Kiel", "country": "DE", "is_default": "on"}

    client.post(page, rows("addresses", said))
    assert account.addresses.get().city == "Kiel"
    assert "Kiel" in client.get(account.get_absolute_url()).text

    client.post(page, rows("addresses", {**said, "DELETE": "on"}, known=1))
    assert not account.addresses.exists()


def test_a_further_company_is_found_by_its_number(client, seller):
    contact, other = ContactFactory(owner=seller), AccountFactory(owner=seller, name="Other")

    client.post(
        f"{contact.get_absolute_url()}companies/",
        rows("companies", {"account": other.number, "role": "User"}),
    )

    assert contact.affiliations.get().account == other
    assert "Other" in client.get(contact.get_absolute_url()).text


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("kind", "page", "prefix", "names"),
    [
        ("account", "reach", "points", ["kind", "value", "label"]),
        (
            "account",
            "addresses",
            "addresses",
            ["kind", "label", "name", "street", "postcode", "city", "country"],
        ),
        ("contact", "companies", "companies", ["account", "role", "note"]),
    ],
)
def test_no_text_breaks_a_row(client, seller, odd, kind, page, prefix, names):
    other = AccountFactory(owner=seller)
    record = (AccountFactory if kind == "account" else ContactFactory)(owner=seller)
    right = {"points": {"kind": "phone", "value": "1"}, "addresses": {"kind": "other"},
             "companies": {"account": other.number}}[prefix]  # fmt: skip

    for name in names:
        answer = client.post(f"{record.get_absolute_url()}{page}/", rows(prefix, {**right, name: odd}))
        assert answer.status_code in (302, 422), (name, answer.status_code)
