"""Deleting: a record leaves for the bin whole and comes back as it was; what documents follow from stays."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from customers.models import Account
from kernel.errors import DomainError, TransitionRefused
from kernel.files import keep_file
from kernel.models import HistoryEntry, RemovedRecord, StoredFile
from leads.models import Lead
from people.removing import bin_of, empty_bin, purge_record, removable, remove_record, restore_record
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory()


@pytest.fixture
def browser(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_every_kind_people_delete_is_known():
    assert {
        "lead",
        "account",
        "contact",
        "opportunity",
        "quote",
        "order",
        "invoice",
        "activity",
        "product",
    } <= set(removable())


def test_a_deleted_lead_comes_back_as_it_was(ada):
    lead = LeadFactory(owner=ada)
    before = Lead.objects.values().get()

    removed = remove_record(lead, by=ada)
    assert not Lead.objects.exists()
    assert [each.ref for each in bin_of(ada)] == [lead.number]

    restore_record(removed, by=ada)
    assert Lead.objects.values().get() == before
    assert not bin_of(ada).exists()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda by: QuoteFactory(owner=by, status="active"), "not_draft"),
        (lambda by: OrderFactory(owner=by, status="submitted"), "not_new"),
        (lambda by: OrderFactory(owner=by, quote=QuoteFactory(owner=by, status="won")), "has_upstream"),
    ],
)
def test_what_was_offered_or_agreed_stays_and_says_why(ada, made, code):
    record = made(ada)

    with pytest.raises(TransitionRefused) as refused:
        remove_record(record, by=ada)

    assert refused.value.blockers[0].code == code
    assert type(record).objects.filter(pk=record.pk).exists()
    assert not RemovedRecord.objects.exists()
    assert not HistoryEntry.objects.filter(verb="deleted").exists()


def test_an_invoice_with_a_number_stays():
    finance = UserFactory(role="finance")
    invoice = InvoiceFactory(number="INV-2026-00001")

    with pytest.raises(TransitionRefused, match="confirmed"):
        remove_record(invoice, by=finance)


def test_nobody_deletes_or_restores_what_is_not_theirs(ada):
    lead = LeadFactory(owner=ada)
    stranger = UserFactory()
    with pytest.raises(PermissionDenied):
        remove_record(lead, by=stranger)

    removed = remove_record(lead, by=ada)

    assert not bin_of(stranger).exists()
    with pytest.raises(PermissionDenied):
        restore_record(removed, by=stranger)
    assert not Lead.objects.exists()


def test_a_manager_finds_what_the_team_deleted_and_a_member_only_their_own(ada):
    removed = remove_record(LeadFactory(owner=ada, team=ada.team), by=ada)

    assert list(bin_of(UserFactory(role="sales_manager", team=ada.team))) == [removed]
    assert not bin_of(UserFactory(team=ada.team)).exists()


def test_what_was_deleted_is_gone_for_good_after_its_days_with_its_files(ada, settings):
    kept = keep_file("note.txt", ContentFile(b"hello"), by=ada, purpose="attachment")
    removed = remove_record(LeadFactory(owner=ada), by=ada)
    removed.rows["images"].append({"type": "kernel.job", "pk": 1, "columns": {"result_id": kept.pk}})
    removed.save()
    assert empty_bin() == 0

    RemovedRecord.objects.update(
        removed_at=timezone.now() - dt.timedelta(days=settings.RECYCLE_BIN_DAYS, hours=1)
    )
    assert empty_bin() == 1

    assert not RemovedRecord.objects.exists()
    assert not StoredFile.objects.exists()
    assert not kept.content.storage.exists(kept.content.name)


def test_only_an_administrator_deletes_for_good(ada):
    removed = remove_record(LeadFactory(owner=ada), by=ada)
    with pytest.raises(PermissionDenied):
        purge_record(removed, by=ada)

    purge_record(removed, by=UserFactory(role="administrator"))

    assert not RemovedRecord.objects.exists()
    assert HistoryEntry.objects.order_by("id").last().verb == "purged"


def test_a_record_whose_parent_is_gone_is_not_restored_and_stays_in_the_bin():
    boss = UserFactory(role="administrator")
    deal = OpportunityFactory(owner=boss)
    account = deal.account
    removed = remove_record(deal, by=boss)
    remove_record(Account.objects.get(pk=account.pk), by=boss)

    with pytest.raises(DomainError) as refused:
        restore_record(removed, by=boss)

    assert refused.value.blockers[0].code == "parent_gone"
    assert RemovedRecord.objects.count() == 2


# --- pages -------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_then_offers_to_take_it_back(browser, ada):
    lead = LeadFactory(owner=ada)
    address = f"/delete/lead/{lead.public_id}/"
    assert "recycle bin" in browser.get(address).text

    answer = browser.post(address, {"version": lead.version}, follow=True)

    removed = RemovedRecord.objects.get()
    assert f'action="/recycle-bin/{removed.public_id}/restore/"' in answer.text
    assert lead.number in browser.get("/recycle-bin/").text
    assert "deleted by" in browser.get(f"/leads/{lead.number}/").text
    back = browser.post(f"/recycle-bin/{removed.public_id}/restore/", follow=True)
    assert back.redirect_chain[-1][0] == lead.get_absolute_url()
    assert lead.topic in back.text


def test_the_page_says_why_a_record_stays(browser, ada):
    deal = OpportunityFactory(owner=ada)
    quote = QuoteFactory(owner=ada, opportunity=deal)

    page = browser.get(f"/delete/opportunity/{deal.public_id}/")

    assert str(quote) in page.text
    assert "It has to stay" in page.text


def test_a_record_that_changed_meanwhile_is_not_deleted(browser, ada):
    lead = LeadFactory(owner=ada)
    lead.save()

    answer = browser.post(f"/delete/lead/{lead.public_id}/", {"version": 1})

    assert answer.status_code == 409
    assert Lead.objects.exists()


def test_an_account_is_deleted_by_a_manager_only(browser, ada):
    account = AccountFactory(owner=ada)

    assert browser.post(f"/delete/account/{account.public_id}/").status_code == 403
    assert browser.get("/delete/team/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert Account.objects.exists()


# --- API ---------------------------------------------------------------------------------------------------------


def test_a_machine_deletes_and_restores_by_the_same_id(browser, ada):
    lead = LeadFactory(owner=ada)
    address = f"/api/v1/leads/{lead.public_id}/"

    assert browser.delete(address).status_code == 204
    assert browser.get(address).status_code == 404
    removed = browser.get("/api/v1/recycle-bin/?kind=lead").json()["results"][0]
    assert (removed["record"], removed["ref"]) == (str(lead.public_id), lead.number)
    answer = browser.post(f"/api/v1/recycle-bin/{removed['id']}/restore/")

    assert answer.json() == {"kind": "lead", "record": str(lead.public_id), "ref": lead.number}
    assert browser.get(address).status_code == 200


def test_a_machine_is_told_why_a_record_stays(browser, ada):
    quote = QuoteFactory(owner=ada, status="active")

    answer = browser.delete(f"/api/v1/quotes/{quote.public_id}/")

    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert browser.get("/api/v1/recycle-bin/?kind=secret").status_code == 400
