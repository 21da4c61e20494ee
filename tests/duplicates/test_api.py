"""Duplicates and merges for machines."""

import pytest

from duplicates.models import DuplicatePair
from leads.models import Lead
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


@pytest.fixture
def api(client, boss):
    client.force_login(boss)
    return client


def send(client, path, body=None):
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_pairs_are_listed_and_decided(api):
    one, two = LeadFactory(), LeadFactory()
    pair = DuplicatePair.objects.create(
        record_type="leads.lead", first_id=one.pk, second_id=two.pk, score=95, reasons=["email"]
    )
    DuplicatePair.objects.create(
        record_type="customers.account", first_id=AccountFactory().pk, second_id=AccountFactory().pk, score=80
    )

    (shown,) = api.get("/api/v1/duplicates/", {"kind": "lead", "status": "open"}).json()["results"]

    assert shown["id"] == str(pair.public_id)
    assert (shown["kind"], shown["score"], shown["signs"]) == ("lead", 0.95, ["email"])
    assert shown["reasons"] == ["same e-mail"]
    assert [record["ref"] for record in shown["records"]] == [one.number, two.number]
    assert len(api.get("/api/v1/duplicates/", {"ordering": "-score"}).json()["results"]) == 2
    assert send(api, f"duplicates/{pair.public_id}/ignore/", {"note": "Twins"}).json()["status"] == "ignored"
    assert send(api, f"duplicates/{pair.public_id}/reopen/").json()["status"] == "open"


def test_the_list_costs_the_same_however_long_it_is(api, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(20) as counted:
            assert api.get("/api/v1/duplicates/").status_code == 200
        return len(counted)

    for _each in range(2):
        DuplicatePair.objects.create(
            record_type="leads.lead", first_id=LeadFactory().pk, second_id=LeadFactory().pk, score=95
        )
    few = cost()
    for _each in range(10):
        DuplicatePair.objects.create(
            record_type="leads.lead", first_id=LeadFactory().pk, second_id=LeadFactory().pk, score=95
        )

    assert cost() == few


def test_who_a_record_may_be_is_asked_without_making_it(api):
    lead = LeadFactory(email="ada@borg.de")

    (match,) = api.get("/api/v1/duplicates/matches/", {"kind": "lead", "email": "ADA@borg.de"}).json()

    assert (match["ref"], match["signs"]) == (lead.number, ["email", "domain"])
    assert api.get("/api/v1/duplicates/matches/", {"kind": "lead", "color": "red"}).status_code == 400
    assert api.get("/api/v1/duplicates/matches/", {"kind": "invoice"}).status_code == 400


def test_records_are_merged_and_parted(api):
    kept, gone = LeadFactory(need="Mine"), LeadFactory(need="Theirs")
    body = {
        "kind": "lead", "survivor": kept.number, "losers": [str(gone.public_id)], "reason": "Same",
        "fields_from": {"need": gone.number}, "versions": {kept.number: 1},
    }  # fmt: skip

    answer = send(api, "merges/", body)

    made = answer.json()
    assert answer.status_code == 201, made
    assert made["survivor"] == str(kept.public_id)
    assert made["losers"] == [{"id": str(gone.public_id), "ref": gone.number, "name": str(gone)}]
    assert made["changes"]["need"] == ["Mine", "Theirs"]
    assert [one["id"] for one in api.get("/api/v1/merges/", {"kind": "lead"}).json()["results"]] == [
        made["id"]
    ]
    assert send(api, "merges/", body).status_code == 404
    lead = Lead.objects.get(pk=kept.pk)
    lead.need = "Newer"
    lead.save()
    refusal = send(api, f"merges/{made['id']}/unmerge/")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "changed_since")
    assert [one["field"] for one in refusal.json()["blockers"]] == ["need"]
    answer = send(api, f"merges/{made['id']}/unmerge/", {"fields_decided": {"need": "restore"}})
    assert answer.json()["undone_by"]
    assert sorted(Lead.objects.values_list("need", flat=True)) == ["Mine", "Theirs"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"kind": "invoice", "survivor": "1", "losers": ["2"]}, 400),
        ({"kind": "lead", "survivor": "no", "losers": ["2"]}, 404),
        ({"kind": "lead", "survivor": "1", "losers": []}, 400),
        ({"kind": "lead", "survivor": "1", "losers": ["1", "2", "3", "4", "5"]}, 400),
        ({"kind": "lead", "survivor": "1", "losers": ["2"], "stranger": 1}, 400),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, body, status):
    assert send(api, "merges/", body).status_code == status


def test_a_record_with_itself_and_by_the_wrong_person_is_refused(client):
    seller = UserFactory()
    client.force_login(seller)
    mine, theirs = LeadFactory(owner=seller), LeadFactory()
    account, other = AccountFactory(owner=seller), AccountFactory(owner=seller)

    said = [("lead", mine, mine, 422), ("lead", mine, theirs, 404), ("account", account, other, 403)]

    for kind, one, two, status in said:
        body = {"kind": kind, "survivor": one.number, "losers": [two.number]}
        assert send(client, "merges/", body).status_code == status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("leads/", {"topic": "T", "last_name": "Long", "email": "ada@borg.de"}),
        ("accounts/", {"name": "Borg GmbH", "website": "borg.de"}),
        ("contacts/", {"last_name": "Long", "email": "ada@borg.de"}),
    ],
)
def test_what_is_known_already_is_made_again_only_with_a_reason(api, path, body):
    first = send(api, path, body)
    assert first.status_code == 201, first.json()

    refusal = send(api, path, body)

    assert (refusal.status_code, refusal.json()["code"]) == (409, "duplicate")
    (match,) = refusal.json()["matches"]
    assert match["id"] == first.json()["id"]
    assert match["reasons"]
    assert send(api, f"{path}?allow_duplicate=", body).status_code == 409
    again = send(api, f"{path}?allow_duplicate=Another+branch", body)
    assert again.status_code == 201
    entries = api.get(f"/api/v1/{path}{again.json()['id']}/history/").json()["results"]
    assert ("made_despite_duplicate", "Another branch") in [(one["verb"], one["note"]) for one in entries]
