"""Two people with the same form open: what one of them changed is merged, what both changed is chosen."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from kernel import history
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ContactFactory, LeadFactory, OpportunityFactory, UserFactory
from tests.hostile.forms import forms_of
from tests.hostile.test_forms import form_at

pytestmark = pytest.mark.django_db

DAY = dt.date(2031, 5, 6)


class Desk:
    """Somebody with the form of a record open in a browser of their own."""

    def __init__(self, person, path):
        self.client = Client()
        self.client.force_login(person)
        self.path = path
        self.typed = form_at(self.client, path).data()

    def send(self, **fields):
        self.answer = self.client.post(self.path, {**self.typed, **fields}, follow=True)
        return self.answer

    def decide(self, **choices):
        """Answer the page of a conflict: a choice for every field, or all=mine."""
        (form,) = [one for one in forms_of(self.answer.content.decode()) if "shown" in one.fields]
        data = form.data()
        for name in [one for one in form.fields if one.startswith("pick:")]:
            data[name] = choices.get(name.removeprefix("pick:"), "mine")
        if "all" in choices:
            data["all"] = choices["all"]
        self.answer = self.client.post(self.path, data, follow=True)
        return self.answer


@pytest.fixture
def people():
    first = UserFactory(role="administrator", first_name="Mia", last_name="Ito")
    return first, UserFactory(role="administrator", first_name="Ada", last_name="Long")


# kind: (a record, a field with two values, another field with a value)
CASES = {
    "quote": (lambda: QuoteFactory(), ("terms_text", "Theirs", "Mine"), ("freight_terms", "EXW")),
    "order": (lambda: OrderFactory(), ("customer_po", "PO-1", "PO-2"), ("shipping_method", "Sea")),
    "invoice": (lambda: InvoiceFactory(), ("name", "Theirs", "Mine"), ("bill_to_city", "Rome")),
    "opportunity": (lambda: OpportunityFactory(), ("next_step", "Call", "Mail"), ("need", "Speed")),
    "account": (lambda: AccountFactory(), ("phone", "1", "2"), ("city", "Rome")),
    "contact": (lambda: ContactFactory(), ("phone", "1", "2"), ("city", "Rome")),
    "lead": (lambda: LeadFactory(), ("phone", "1", "2"), ("city", "Rome")),
}


@pytest.fixture(params=CASES)
def case(request, people):
    make, (name, theirs, mine), (other, value) = CASES[request.param]
    record = make()
    desks = [Desk(person, f"{record.get_absolute_url()}edit/") for person in people]
    return record, desks, name, theirs, mine, other, value


def test_fields_that_only_one_of_the_two_changed_are_merged_without_a_question(case):
    record, (theirs_desk, my_desk), name, theirs, _mine, other, value = case
    theirs_desk.send(**{name: theirs})

    answer = my_desk.send(**{other: value})

    record.refresh_from_db()
    assert answer.redirect_chain
    assert (getattr(record, name), getattr(record, other)) == (theirs, value)
    assert "Merged with what Mia Ito changed meanwhile" in answer.content.decode()
    entry = history.of(record)[0]
    assert set(entry.changes) == {other}
    assert "Mia Ito" in entry.note


def test_the_same_field_changed_by_both_is_a_page_with_a_choice_and_nothing_is_written(case):
    record, (theirs_desk, my_desk), name, theirs, mine, other, value = case
    theirs_desk.send(**{name: theirs})

    answer = my_desk.send(**{name: mine, other: value})

    page = answer.content.decode()
    record.refresh_from_db()
    assert answer.status_code == 409
    assert getattr(record, name) == theirs
    assert getattr(record, other) != value
    assert theirs in page
    assert mine in page
    assert "Mia Ito" in page


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_the_choice_holds_and_what_was_no_question_is_kept(case, choice):
    record, (theirs_desk, my_desk), name, theirs, mine, other, value = case
    theirs_desk.send(**{name: theirs})
    my_desk.send(**{name: mine, other: value})

    answer = my_desk.decide(**{name: choice})

    record.refresh_from_db()
    assert answer.redirect_chain
    assert getattr(record, name) == (mine if choice == "mine" else theirs)
    assert getattr(record, other) == value


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_all_mine_and_all_theirs_overrule_the_single_choices(case, choice):
    record, (theirs_desk, my_desk), name, theirs, mine, _other, _value = case
    theirs_desk.send(**{name: theirs})
    my_desk.send(**{name: mine})

    my_desk.decide(**{name: "theirs" if choice == "mine" else "mine", "all": choice})

    record.refresh_from_db()
    assert getattr(record, name) == (mine if choice == "mine" else theirs)


def test_the_same_change_by_both_is_no_question(case):
    record, (theirs_desk, my_desk), name, theirs, _mine, _other, _value = case
    theirs_desk.send(**{name: theirs})

    answer = my_desk.send(**{name: theirs})

    assert answer.redirect_chain
    assert history.of(record).filter(verb="changed").count() == 1


def test_who_decides_too_late_is_asked_again(people):
    quote = QuoteFactory()
    first, second = (Desk(person, f"/quotes/{quote.ref}/edit/") for person in people)
    first.send(terms_text="One")
    second.send(terms_text="Mine")
    third = Desk(people[0], f"/quotes/{quote.ref}/edit/")
    third.send(terms_text="Two")

    answer = second.decide(terms_text="mine")

    assert answer.status_code == 409
    assert "Two" in answer.content.decode()
    second.decide(terms_text="mine")
    quote.refresh_from_db()
    assert quote.terms_text == "Mine"


def test_what_they_changed_alone_survives_a_decision_about_something_else(people):
    quote = QuoteFactory()
    first, second = (Desk(person, f"/quotes/{quote.ref}/edit/") for person in people)
    first.send(terms_text="Theirs", expires_on=DAY.isoformat(), discount_percent="5")
    second.send(terms_text="Mine", freight="12.50")

    assert "Changed by others only" in second.answer.content.decode()
    second.decide(terms_text="mine")

    quote.refresh_from_db()
    assert (quote.terms_text, quote.expires_on, quote.discount_percent, quote.freight) == (
        "Mine", DAY, Decimal(5), Decimal("12.50"),
    )  # fmt: skip


def test_a_customer_a_day_and_a_choice_are_shown_in_words(people):
    quote = QuoteFactory()
    theirs, mine = AccountFactory(name="Theirs Ltd"), AccountFactory(name="Mine Ltd")
    first, second = (Desk(person, f"/quotes/{quote.ref}/edit/") for person in people)
    first.send(account=theirs.number, expires_on=DAY.isoformat())

    page = second.send(account=mine.number, expires_on="2032-01-02").content.decode()

    assert "Theirs Ltd" in page
    assert "Mine Ltd" in page or mine.number in page
    assert "6 May 2031" in page or "May 6, 2031" in page
    second.decide(account="theirs")
    quote.refresh_from_db()
    assert (quote.account, quote.expires_on) == (theirs, dt.date(2032, 1, 2))


def test_long_texts_show_which_words_are_new_and_mine_may_be_written_anew(people):
    quote = QuoteFactory(
        terms_text="Delivery within ten days after the order, unless agreed otherwise by both."
    )
    first, second = (Desk(person, f"/quotes/{quote.ref}/edit/") for person in people)
    first.send(terms_text=quote.terms_text.replace("ten", "twelve"))

    page = second.send(terms_text=quote.terms_text.replace("order", "payment")).content.decode()

    assert "<ins>twelve</ins>" in page
    assert 'textarea name="terms_text"' in page


def test_a_wrong_field_keeps_what_was_typed_and_what_was_shown(people):
    quote = QuoteFactory()
    first, second = (Desk(person, f"/quotes/{quote.ref}/edit/") for person in people)
    first.send(terms_text="Theirs")
    wrong = second.send(terms_text="Mine", freight="much")
    (form,) = [one for one in forms_of(wrong.content.decode()) if "shown" in one.fields]

    answer = second.client.post(second.path, {**form.data(), "freight": "1"})

    assert wrong.status_code == 422
    assert answer.status_code == 409
    quote.refresh_from_db()
    assert quote.terms_text == "Theirs"


def test_a_record_that_went_out_of_sight_shows_nothing_of_it(people):
    rep = UserFactory()
    quote = QuoteFactory(owner=rep, account__owner=rep)
    mine = Desk(rep, f"/quotes/{quote.ref}/edit/")
    boss = Desk(people[0], f"/quotes/{quote.ref}/edit/")
    boss.send(terms_text="Secret")
    type(quote).objects.filter(pk=quote.pk).update(owner=people[0], team=people[0].team)

    answer = mine.send(terms_text="Mine")

    assert answer.status_code == 404
    assert "Secret" not in answer.content.decode()
