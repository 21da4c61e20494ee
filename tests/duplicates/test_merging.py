"""Several records become one: chosen values, every link, and the others lead to it."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from activities.models import Activity, Follow
from customers.models import Affiliation, BookAddress, ContactPoint
from duplicates.actions import merge
from duplicates.matching import matches
from duplicates.models import DuplicatePair, Merge, MergedRecord
from duplicates.values import MatchValues
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import CustomField, HistoryEntry, OutboxMessage, UniqueValue
from leads.models import Lead
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    LeadFactory,
    OpportunityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def follow(record, user):
    return Follow.objects.create(record=record, user=user)


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def test_two_leads_become_one_with_the_best_of_both(boss):
    kept = LeadFactory(
        first_name="Ada", last_name="Long", email="", phone="030 1", source="other", need="Mine"
    )
    gone = LeadFactory(
        first_name="A.", last_name="Long", email="ada@borg.de", phone="030 2", source="web", need="Theirs"
    )

    made = merge(kept, [gone], by=boss, picked={"need": gone.pk}, reason="The same person")

    kept.refresh_from_db()
    assert (kept.first_name, kept.email, kept.phone, kept.source, kept.need) == (
        "Ada", "ada@borg.de", "030 1", "web", "Theirs",
    )  # fmt: skip
    assert not Lead.objects.filter(pk=gone.pk).exists()
    assert made.changes["need"] == ["Mine", "Theirs"]
    entry = HistoryEntry.objects.filter(record_type="leads.lead", record_id=kept.pk).latest("id")
    assert (entry.verb, entry.actor) == ("merged", boss)
    assert str(gone) in entry.note
    assert "The same person" in entry.note
    news = OutboxMessage.objects.get(topic="lead.merged")
    assert news.payload["losers"] == [{"id": str(gone.public_id), "ref": gone.number}]
    assert [match.record for match in matches(MatchValues(emails=("ada@borg.de",)), Lead, user=boss)] == [
        kept
    ]


def test_everything_that_hung_on_the_losers_hangs_on_the_survivor(boss):
    kept, gone, third = (
        AccountFactory(name="Borg"),
        AccountFactory(name="Borg GmbH"),
        AccountFactory(name="Borg AG"),
    )
    person, child = ContactFactory(account=gone), AccountFactory(parent=third)
    quote, order = QuoteFactory(account=gone), OrderFactory(account=third)
    invoice, deal = InvoiceFactory(account=gone), OpportunityFactory(account=gone)
    lead = LeadFactory(account=third)
    task = ActivityFactory(regarding=gone)
    following = follow(gone, boss)

    made = merge(kept, [gone, third], by=boss)

    for row, name in [
        (person, "account"), (child, "parent"), (quote, "account"), (order, "account"), (invoice, "account"),
        (deal, "account"), (lead, "account"),
    ]:  # fmt: skip
        version = row.version
        row.refresh_from_db()
        assert getattr(row, f"{name}_id") == kept.pk, row
        assert row.version == version
    assert Activity.objects.get(pk=task.pk).regarding == kept
    following.refresh_from_db()
    assert following.record_id == kept.pk
    assert (made.counts["quotes.quote"], made.counts["customers.contact"]) == (1, 1)
    assert MergedRecord.objects.filter(merge=made).count() == 2


def test_what_both_have_is_there_once_and_nothing_fails(boss):
    kept, gone = AccountFactory(), AccountFactory()
    person = ContactFactory()
    for account in (kept, gone):
        Affiliation.objects.create(contact=person, account=account, role="Board")
        follow(account, boss)
        BookAddress.objects.create(account=account, kind="bill_to", street="Main 1", is_default=True)
        ContactPoint.objects.create(account=account, kind="email", value="info@borg.de")

    merge(kept, [gone], by=boss)

    assert Affiliation.objects.get().account == kept
    assert Follow.objects.get().record_id == kept.pk
    assert list(BookAddress.objects.order_by("id").values_list("account", "is_default")) == [
        (kept.pk, True), (kept.pk, False),
    ]  # fmt: skip
    assert ContactPoint.objects.get().account == kept


def test_an_e_mail_that_was_not_chosen_is_kept_as_a_further_one(boss):
    kept = ContactFactory(email="ada@borg.de", phone="", mobile="0151 1")
    gone = ContactFactory(email="ada@home.example", phone="030 2", mobile="0151 2")

    merge(kept, [gone], by=boss)

    kept.refresh_from_db()
    assert (kept.email, kept.phone, kept.mobile) == ("ada@borg.de", "030 2", "0151 1")
    assert set(kept.points.values_list("kind", "value")) == {
        ("email", "ada@home.example"),
        ("mobile", "0151 2"),
    }
    assert "ada@home.example" in kept.search_text
    assert matches(MatchValues(emails=("ada@home.example",)), "customers.contact", user=boss)


def test_added_fields_are_chosen_too_and_what_is_unique_moves_along(boss):
    for name, unique in (("color", False), ("card", True)):
        CustomField.objects.create(
            record_type="leads.lead", name=name, label=name, kind="text", is_unique=unique
        )
    CustomField.objects.create(
        record_type="customers.contact",
        name="came_as",
        label="Came as",
        kind="reference",
        refers_to="leads.lead",
    )
    kept, gone = LeadFactory(custom={"color": "red"}), LeadFactory(custom={"color": "blue", "card": "C-1"})
    contact = ContactFactory(custom={"came_as": str(gone.public_id)})

    merge(kept, [gone], by=boss, picked={"custom.color": gone.pk})

    kept.refresh_from_db()
    assert kept.custom == {"color": "blue", "card": "C-1"}
    assert UniqueValue.objects.get().record_id == kept.pk
    contact.refresh_from_db()
    assert contact.custom == {"came_as": str(kept.public_id)}


def test_a_family_stays_a_tree(boss):
    top = AccountFactory(name="Top")
    above = AccountFactory(name="Above", parent=top)
    below = AccountFactory(name="Below", parent=above)
    child = AccountFactory(name="Child", parent=above)

    merge(below, [above], by=boss)

    below.refresh_from_db(), child.refresh_from_db()
    assert below.parent == top
    assert child.parent == below


def test_one_that_stands_far_below_cannot_swallow_the_one_above(boss):
    top = AccountFactory(name="Top")
    middle = AccountFactory(name="Middle", parent=top)
    low = AccountFactory(name="Low", parent=middle)

    with pytest.raises(TransitionRefused) as refusal:
        merge(low, [top], by=boss)

    assert [blocker.code for blocker in refusal.value.blockers] == ["stands_below"]
    assert not Merge.objects.exists()
    merge(top, [low], by=boss)


def test_a_qualified_lead_is_the_one_that_stays(boss):
    qualified, still_open = LeadFactory(status="qualified"), LeadFactory()

    with pytest.raises(TransitionRefused) as refusal:
        merge(still_open, [qualified], by=boss)

    assert [blocker.code for blocker in refusal.value.blockers] == ["other_is_qualified"]
    merge(qualified, [still_open], by=boss)


def test_whoever_may_not_merge_both_merges_none():
    seller = UserFactory()
    mine, theirs = LeadFactory(owner=seller), LeadFactory()
    account = AccountFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        merge(mine, [theirs], by=seller)
    with pytest.raises(PermissionDenied):
        merge(account, [AccountFactory(owner=seller)], by=seller)
    assert Lead.objects.count() == 2
    merge(mine, [LeadFactory(owner=seller)], by=seller)


@pytest.mark.parametrize(
    "picked", [{"number": 1}, {"status": 1}, {"credit_limit": 1}, {"nonsense": 1}, {"need": 999}]
)
def test_only_fields_that_people_write_can_be_chosen_and_only_from_these_records(boss, picked):
    kept, gone = LeadFactory(), LeadFactory()
    picked = {name: gone.pk if pk == 1 else pk for name, pk in picked.items()}

    with pytest.raises(DomainError):
        merge(kept, [gone], by=boss, picked=picked)

    assert Lead.objects.count() == 2


def test_a_record_is_merged_with_others_of_its_kind_and_not_with_itself(boss):
    lead = LeadFactory()
    for losers in ([], [lead], [ContactFactory()], LeadFactory.create_batch(5)):
        with pytest.raises(DomainError):
            merge(lead, losers, by=boss)


def test_whoever_saw_an_older_state_is_told(boss):
    kept, gone = LeadFactory(), LeadFactory()
    gone.need = "More"
    gone.save()

    with pytest.raises(Conflict):
        merge(kept, [gone], by=boss, versions={gone.pk: 1})


def test_merging_twice_says_that_it_is_gone(boss):
    kept, gone = LeadFactory(), LeadFactory()
    merge(kept, [gone], by=boss)

    with pytest.raises(Conflict) as conflict:
        merge(kept, [gone], by=boss)

    assert conflict.value.code == "merged"


def test_the_pair_is_settled(boss):
    kept, gone, other = LeadFactory(), LeadFactory(), LeadFactory()
    pair = DuplicatePair.objects.create(
        record_type="leads.lead", first_id=kept.pk, second_id=gone.pk, score=95
    )
    DuplicatePair.objects.create(record_type="leads.lead", first_id=kept.pk, second_id=other.pk, score=95)

    merge(kept, [gone], by=boss)

    pair.refresh_from_db()
    assert pair.status == "merged"
    assert DuplicatePair.objects.filter(status="open").count() == 1


def test_numbers_and_identities_of_the_survivor_never_change(boss):
    kept, gone = LeadFactory(), LeadFactory()
    identity = (kept.pk, kept.public_id, kept.number, kept.created_at)

    merge(kept, [gone], by=boss)

    kept.refresh_from_db()
    assert (kept.pk, kept.public_id, kept.number, kept.created_at) == identity
    assert isinstance(kept.public_id, uuid.UUID)
