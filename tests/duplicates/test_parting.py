"""Merge, then unmerge: the same records and links as before, byte for byte, except what was changed since."""

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from activities.models import Follow
from customers.models import Account, Affiliation, BookAddress, ContactPoint
from duplicates.actions import merge, unmerge
from duplicates.actions.parting import ChangedSince
from duplicates.models import DuplicatePair
from kernel.errors import Conflict
from kernel.models import CustomField, HistoryEntry, OutboxMessage
from leads.models import Lead
from quotes.models import Quote
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.duplicates.dumps import differences, dump
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    LeadFactory,
    OpportunityFactory,
    UserFactory,
)


def follow(record, user):
    return Follow.objects.create(record=record, user=user)


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def assert_same(before):
    assert differences(before, dump()) == {"gone": [], "new": []}


@pytest.mark.django_db
def test_a_lead_comes_back_byte_for_byte(boss):
    kept, gone = (
        LeadFactory(email="", need="Mine"),
        LeadFactory(email="ada@borg.de", need="Theirs", mobile="0151 1"),
    )
    for lead in (kept, gone):
        ActivityFactory(regarding=lead)
        follow(lead, boss)
    DuplicatePair.objects.create(record_type="leads.lead", first_id=kept.pk, second_id=gone.pk, score=95)
    before = dump()

    made = merge(kept, [gone], by=boss, picked={"need": gone.pk})
    unmerge(made, by=boss)

    assert_same(before)
    made.refresh_from_db()
    assert made.undone_by == boss
    assert HistoryEntry.objects.filter(verb="unmerged").count() == 2
    assert OutboxMessage.objects.filter(topic="lead.unmerged").count() == 1


@pytest.mark.django_db
def test_accounts_with_documents_and_links_come_back_byte_for_byte(boss):
    kept = AccountFactory(name="Borg", email="a@borg.de", erp_code="C-1")
    gone = AccountFactory(name="Borg GmbH", email="b@borg.de", erp_code="C-2", parent=kept)
    third = AccountFactory(name="Borg AG", parent=gone)
    top = AccountFactory(name="Top")
    Account.objects.filter(pk=kept.pk).update(parent=top)
    person = ContactFactory(account=gone, first_name="Ada")
    Account.objects.filter(pk=gone.pk).update(primary_contact=person)
    for account in (kept, gone, third):
        AccountFactory(parent=account)
        order = OrderFactory(account=account, lines=2)
        (
            QuoteFactory(account=account, lines=1),
            InvoiceFactory(account=account),
            OpportunityFactory(account=account),
        )
        LeadFactory(account=account)
        ActivityFactory(regarding=account), ActivityFactory(regarding=order)
        Affiliation.objects.create(contact=person, account=account)
        follow(account, boss)
        BookAddress.objects.create(
            account=account, kind="bill_to", street=f"Main {account.pk}", is_default=True
        )
        ContactPoint.objects.create(account=account, kind="email", value="info@borg.de")
        Account.objects.get(pk=account.pk).save()  # which takes note of the further address
    kept, gone, third = (Account.objects.get(pk=one.pk) for one in (kept, gone, third))
    before = dump()

    made = merge(kept, [gone, third], by=boss, picked={"email": gone.pk})
    assert dump() != before
    unmerge(made, by=boss)

    assert_same(before)


@pytest.mark.django_db
def test_a_contact_with_added_fields_comes_back_byte_for_byte(boss):
    CustomField.objects.create(
        record_type="customers.contact", name="badge", label="Badge", kind="text", is_unique=True
    )
    CustomField.objects.create(
        record_type="leads.lead",
        name="helper",
        label="Helper",
        kind="reference",
        refers_to="customers.contact",
    )
    kept = ContactFactory(account=AccountFactory(), custom={"badge": "B-1"}, email="a@b.de")
    gone = ContactFactory(account=AccountFactory(), custom={"badge": "B-2"}, email="c@d.de", mobile="0151 1")
    lead = LeadFactory(contact=gone, custom={"helper": str(gone.public_id)})
    before = dump()

    made = merge(kept, [gone], by=boss, picked={"custom.badge": gone.pk, "account": gone.pk})
    lead.refresh_from_db()
    assert lead.custom == {"helper": str(kept.public_id)}
    unmerge(made, by=boss)

    assert_same(before)


@pytest.mark.django_db
def test_what_was_changed_since_is_asked_about_and_both_answers_hold(boss):
    kept, gone = LeadFactory(need="Mine", email=""), LeadFactory(need="Theirs", email="ada@borg.de")
    made = merge(kept, [gone], by=boss, picked={"need": gone.pk})
    kept = Lead.objects.get(pk=kept.pk)
    kept.need, kept.topic = "Newer", "Changed since"
    kept.save()

    with pytest.raises(ChangedSince) as asked:
        unmerge(made, by=boss)
    assert asked.value.fields == {"need": ["Mine", "Theirs", "Newer"]}
    unmerge(made, by=boss, decided={"need": "keep"})

    kept.refresh_from_db()
    assert (kept.need, kept.topic, kept.email) == ("Newer", "Changed since", "")
    assert Lead.objects.get(pk=gone.pk).need == "Theirs"


@pytest.mark.django_db
def test_what_was_changed_since_goes_back_where_somebody_says_so(boss):
    kept, gone = LeadFactory(need="Mine"), LeadFactory(need="Theirs")
    made = merge(kept, [gone], by=boss, picked={"need": gone.pk})
    kept = Lead.objects.get(pk=kept.pk)
    kept.need = "Newer"
    kept.save()

    unmerge(made, by=boss, decided={"need": "restore"})

    kept.refresh_from_db()
    assert kept.need == "Mine"


@pytest.mark.django_db
def test_new_business_stays_with_the_survivor_and_moved_business_where_it_is(boss):
    kept, gone, other = AccountFactory(), AccountFactory(), AccountFactory()
    came, moved = QuoteFactory(account=gone), QuoteFactory(account=gone)
    made = merge(kept, [gone], by=boss)
    new = QuoteFactory(account=kept)
    Quote.objects.filter(pk=moved.pk).update(account=other)

    unmerge(made, by=boss)

    assert Quote.objects.get(pk=came.pk).account == gone
    assert Quote.objects.get(pk=new.pk).account == kept
    assert Quote.objects.get(pk=moved.pk).account == other


@pytest.mark.django_db
def test_merges_are_undone_from_the_last_one_back(boss):
    first, second, third = (
        LeadFactory(email="1@b.de"),
        LeadFactory(email="2@b.de"),
        LeadFactory(email="3@b.de"),
    )
    task = ActivityFactory(regarding=third)
    before = dump()
    inner = merge(second, [third], by=boss)
    outer = merge(first, [second], by=boss)

    with pytest.raises(Conflict) as refusal:
        unmerge(inner, by=boss)
    assert refusal.value.code == "survivor_gone"
    assert str(first) in str(refusal.value)
    unmerge(outer, by=boss)
    unmerge(inner, by=boss)

    assert_same(before)
    task.refresh_from_db()
    assert task.regarding == third
    with pytest.raises(Conflict):
        unmerge(inner, by=boss)


@pytest.mark.django_db
def test_two_merges_into_one_are_undone_in_any_order(boss):
    kept, one, two = LeadFactory(email=""), LeadFactory(email="1@b.de"), LeadFactory(phone="030 1")
    tasks = [ActivityFactory(regarding=one), ActivityFactory(regarding=two)]
    first, second = merge(kept, [one], by=boss), merge(Lead.objects.get(pk=kept.pk), [two], by=boss)

    unmerge(first, by=boss)
    unmerge(second, by=boss)

    for task, lead in zip(tasks, (one, two), strict=True):
        task.refresh_from_db()
        assert task.regarding == lead
    kept.refresh_from_db()
    assert (kept.email, kept.phone) == ("", "")


@pytest.mark.django_db
def test_only_who_may_merge_may_part():
    seller = UserFactory()
    made = merge(LeadFactory(owner=seller), [LeadFactory(owner=seller)], by=seller)

    with pytest.raises(PermissionDenied):
        unmerge(made, by=UserFactory())


words = st.sampled_from(["", "a", "b"])
rows = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["", "a@b.de", "c@d.de"]), "phone": words, "mobile": words, "street": words,
        "postcode": words, "do_not_email": st.booleans(), "role": words,
    }
)  # fmt: skip
hanging = st.lists(st.sampled_from(["quote", "task", "follow", "point", "lead", "primary"]), max_size=4)


class AnyMergeIsUndone(TestCase):
    """Whatever two to four contacts hold, and whatever hangs on them."""

    @settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )  # fmt: skip
    @given(st.lists(st.tuples(rows, hanging), min_size=2, max_size=4), st.data())
    def test_whatever_they_are_merging_and_parting_changes_nothing(self, contacts, data):
        boss = UserFactory(role="administrator")
        made = [ContactFactory(**columns) for columns, _hung in contacts]
        for contact, (_columns, hung) in zip(made, contacts, strict=True):
            for what in set(hung):
                HANG[what](contact, boss)
            contact.save()
        fields = ["email", "phone", "mobile", "street", "postcode", "role", "do_not_email"]
        picked = {
            name: data.draw(st.sampled_from(made)).pk for name in data.draw(st.lists(st.sampled_from(fields)))
        }
        before = dump()

        unmerge(merge(made[0], made[1:], by=boss, picked=picked), by=boss)

        assert_same(before)


HANG = {
    "quote": lambda contact, boss: QuoteFactory(contact=contact),
    "task": lambda contact, boss: ActivityFactory(regarding=contact),
    "follow": lambda contact, boss: follow(contact, boss),
    "point": lambda contact, boss: ContactPoint.objects.create(contact=contact, kind="email", value="x@y.de"),
    "lead": lambda contact, boss: LeadFactory(contact=contact),
    "primary": lambda contact, boss: AccountFactory(primary_contact=contact),
}
