"""After a merge: old addresses lead on, histories are told together, what an ERP knows is kept."""

import pytest
from django.urls import reverse

from duplicates.actions import merge, unmerge
from integrations.models import Connection, ExternalReference
from kernel import history
from kernel.errors import TransitionRefused
from tests.duplicates.dumps import differences, dump
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


@pytest.fixture
def page(client, boss):
    client.force_login(boss)
    return client


@pytest.mark.parametrize("factory", [LeadFactory, AccountFactory, ContactFactory])
def test_the_old_address_leads_to_the_record_that_stayed(page, boss, factory):
    kept, middle, gone = factory(), factory(), factory()
    old = gone.get_absolute_url()
    merge(middle, [gone], by=boss)
    merge(kept, [middle], by=boss)

    answer = page.get(old, follow=True)

    assert answer.redirect_chain == [(kept.get_absolute_url(), 302)]
    assert f"{gone.number} was merged into" in answer.content.decode()
    by_id = old.replace(gone.number, str(gone.public_id))
    assert page.get(by_id).headers["Location"] == kept.get_absolute_url()
    answer = page.post(f"{old}edit/", {"name": "x"}, follow=True)
    assert "What you sent was not saved" in answer.content.decode()


def test_the_api_names_the_record_that_stayed(page, boss):
    kept, gone = AccountFactory(), AccountFactory()
    made = merge(kept, [gone], by=boss)

    answer = page.get(f"/api/v1/accounts/{gone.public_id}/")

    assert answer.status_code == 410
    body = answer.json()
    assert (body["code"], body["survivor"]) == ("merged", {"id": str(kept.public_id), "ref": kept.number})
    assert page.get(f"/api/v1/leads/{gone.public_id}/").status_code == 404
    unmerge(made, by=boss)
    assert page.get(f"/api/v1/accounts/{gone.public_id}/").status_code == 200


def test_nobody_learns_of_a_merge_out_of_sight(client, boss):
    kept, gone = LeadFactory(), LeadFactory()
    merge(kept, [gone], by=boss)
    client.force_login(UserFactory())

    assert client.get(gone.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/leads/{gone.public_id}/").status_code == 404
    client.logout()
    assert reverse("login") in client.get(gone.get_absolute_url()).headers["Location"]


def test_histories_are_told_together_while_the_merge_holds(boss):
    kept, middle, gone = LeadFactory(), LeadFactory(), LeadFactory()
    history.record(gone, "contacted", by=boss)
    merge(middle, [gone], by=boss)
    made = merge(kept, [middle], by=boss)

    assert [entry.verb for entry in history.of(kept)] == ["merged", "merged", "contacted"]
    unmerge(made, by=boss)
    assert [entry.verb for entry in history.of(kept)] == ["unmerged", "merged"]


# --- what an ERP knows ---------------------------------------------------------------------------


@pytest.fixture
def connection():
    return Connection.objects.create(code="erp", name="ERP", kind="rest", base_url="http://127.0.0.1:1")


def bond(connection, record, **more):
    values = {"component": "customers", "state": "linked", "remote_type": "party", "remote_id": record.number}
    return ExternalReference.objects.create(
        connection=connection, local_type=record._meta.label_lower, local_id=record.public_id,
        **{**values, **more},
    )  # fmt: skip


def test_a_bond_moves_along_and_of_two_both_are_kept(boss, connection):
    kept, gone, third = AccountFactory(), AccountFactory(), AccountFactory()
    moving, staying = bond(connection, gone), bond(connection, third)
    before = dump()

    first = merge(kept, [gone], by=boss)
    second = merge(kept, [third], by=boss)

    moving.refresh_from_db(), staying.refresh_from_db()
    assert moving.local_id == kept.public_id
    assert staying.local_id == third.public_id
    unmerge(second, by=boss)
    unmerge(first, by=boss)
    assert differences(before, dump()) == {"gone": [], "new": []}


@pytest.mark.parametrize("state", ["creating", "ambiguous", "conflict"])
def test_nothing_is_merged_while_the_erp_is_not_clear(boss, connection, state):
    kept, gone = AccountFactory(), AccountFactory()
    bond(connection, gone, state=state)

    with pytest.raises(TransitionRefused) as refusal:
        merge(kept, [gone], by=boss)

    assert [blocker.code for blocker in refusal.value.blockers] == ["erp_unclear"]


def test_customers_that_stand_differently_in_the_erp_stay_two(boss, connection):
    kept, gone = AccountFactory(), AccountFactory()
    bond(connection, kept)
    bond(connection, gone, state="tombstoned")

    with pytest.raises(TransitionRefused) as refusal:
        merge(kept, [gone], by=boss)

    assert [blocker.code for blocker in refusal.value.blockers] == ["erp_states_differ"]
