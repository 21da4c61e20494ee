"""Rows are taken out and put back byte for byte."""

import json
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from activities.models import Activity
from kernel import snapshots
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, RemovedRecord
from leads.models import Lead
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def dump(*models):
    """All rows of the tables as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
            found[model._meta.label] = cursor.fetchall()
    return found


def test_an_image_is_plain_json_and_puts_every_column_back():
    lead = LeadFactory(estimated_value=Decimal("1234.50"), custom={"promotion": "SPRING", "size": 3})
    before = dump(Lead)
    kept = json.loads(json.dumps(snapshots.image(lead)))
    lead.company = "Somebody else"
    lead.estimated_value = None
    lead.save()
    assert dump(Lead) != before

    assert snapshots.put_back(kept)

    assert dump(Lead) == before


def test_a_removed_record_is_out_of_every_list_and_comes_back_as_it_was():
    ada = UserFactory()
    quote = QuoteFactory(lines=3)
    line = type(quote.lines.first())
    before = dump(type(quote), line)

    removed = snapshots.remove(quote, by=ada)

    assert not type(quote).objects.exists()
    assert not line.objects.exists()
    assert (removed.ref, removed.why, removed.owner_id) == (quote.ref, "deleted", quote.owner_id)
    assert snapshots.restore(RemovedRecord.objects.get(), by=ada) == quote
    assert dump(type(quote), line) == before
    assert not RemovedRecord.objects.exists()
    verbs = (
        HistoryEntry.objects.filter(record_id=quote.pk, actor=ada)
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["deleted", "restored"]


def test_what_hangs_on_a_record_without_a_foreign_key_leaves_and_returns_with_it():
    lead = LeadFactory()
    kind = ContentType.objects.get_for_model(Lead)
    Activity.objects.create(subject="Call", regarding_type=kind, regarding_id=lead.pk)
    Activity.objects.create(subject="Not about it", regarding_type=kind, regarding_id=lead.pk + 1)
    before = dump(Activity)

    removed = snapshots.remove(lead, by=UserFactory())
    assert [each.subject for each in Activity.objects.all()] == ["Not about it"]

    snapshots.restore(removed, by=UserFactory())
    assert dump(Activity) == before


def test_a_link_that_was_cut_is_tied_again():
    account = AccountFactory()
    contact = ContactFactory(account=account)
    account.primary_contact = contact
    account.save()

    removed = snapshots.remove(contact, by=UserFactory())
    account.refresh_from_db()
    assert account.primary_contact is None

    snapshots.restore(removed, by=UserFactory())
    account.refresh_from_db()
    assert account.primary_contact == contact


def test_a_record_that_documents_follow_from_stays_and_the_documents_are_named():
    order = OrderFactory()

    with pytest.raises(TransitionRefused) as refusal:
        snapshots.remove(order.account, by=UserFactory())

    assert refusal.value.blockers[0].code == "has_downstream"
    assert str(order) in refusal.value.blockers[0].text
    assert not RemovedRecord.objects.exists()


def test_a_record_whose_parent_is_gone_does_not_come_back_and_says_so():
    ada = UserFactory()
    quote = QuoteFactory()
    account = quote.account
    removed = snapshots.remove(quote, by=ada)
    snapshots.remove(account, by=ada)

    with pytest.raises(DomainError) as refusal:
        snapshots.restore(removed, by=ada)

    assert refusal.value.code == "parent_gone"
    assert RemovedRecord.objects.count() == 2
