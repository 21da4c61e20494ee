"""Pages of duplicates: the list, side by side, the way back, the question before one is made again."""

import pytest
from django.urls import reverse

from customers.models import Account, Contact
from duplicates.models import DuplicatePair, DuplicateRule, Merge
from kernel.models import HistoryEntry
from leads.models import Lead
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


@pytest.fixture
def page(client, boss):
    client.force_login(boss)
    return client


def pair_of(one, two, **more):
    kind = one._meta.label_lower
    return DuplicatePair.objects.create(
        record_type=kind,
        first_id=one.pk,
        second_id=two.pk,
        **{"score": 95, "reasons": ["email", "person"], **more},
    )


def merge_address(*records):
    refs = ",".join(str(one.public_id) for one in records)
    return f"{reverse('duplicates:merge')}?type={records[0]._meta.model_name}&ids={refs}"


def test_the_list_shows_pairs_with_reasons_and_what_can_be_done(page):
    one, two = LeadFactory(first_name="Ada", email="ada@borg.de"), LeadFactory(email="ada@borg.de")
    pair_of(one, two)

    html = page.get(reverse("duplicates:list")).content.decode()

    assert "same e-mail" in html
    assert str(one) in html
    assert "95 %" in html
    assert merge_address(one, two).replace("&", "&amp;") in html


def test_the_list_costs_the_same_however_long_it_is(page, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(40) as counted:
            assert page.get(reverse("duplicates:list")).status_code == 200
        return len(counted)

    pair_of(LeadFactory(), LeadFactory())
    few = cost()
    for _each in range(30):
        pair_of(LeadFactory(), LeadFactory())

    assert cost() == few
    html = page.get(reverse("duplicates:list")).content.decode()
    after = html.split("after=")[1].split('"')[0]
    assert (
        page.get(reverse("duplicates:list"), {"type": "lead", "after": after})
        .content.decode()
        .count('class="pair"')
        == 6
    )


def test_pairs_with_a_record_out_of_sight_do_not_exist(client):
    seller = UserFactory()
    pair = pair_of(LeadFactory(owner=seller), LeadFactory())
    client.force_login(seller)

    assert "No possible duplicates" in client.get(reverse("duplicates:list")).content.decode()
    assert client.post(reverse("duplicates:ignore", args=[pair.public_id])).status_code == 404
    assert client.get(reverse("duplicates:list"), {"type": "invoice"}).status_code == 404


def test_not_a_duplicate_and_back(page):
    pair = pair_of(LeadFactory(), LeadFactory())

    answer = page.post(reverse("duplicates:ignore", args=[pair.public_id]), {"note": "Twins"}, follow=True)

    assert "No possible duplicates" in answer.content.decode()
    assert (
        "Twins"
        in page.get(reverse("duplicates:list"), {"type": "lead", "status": "ignored"}).content.decode()
    )
    page.post(reverse("duplicates:reopen", args=[pair.public_id]))
    pair.refresh_from_db()
    assert pair.status == "open"


def test_two_records_side_by_side_become_one_and_are_parted_again(page):
    kept = LeadFactory(first_name="Ada", need="Mine", email="")
    gone = LeadFactory(first_name="Adda", need="Theirs", email="ada@borg.de")
    html = page.get(merge_address(kept, gone)).content.decode()
    assert "Mine" in html
    assert "Theirs" in html

    said = {
        "type": "lead", "ids": [str(kept.public_id), str(gone.public_id)], "survivor": kept.pk,
        "pick-need": gone.pk, f"version-{kept.pk}": 1, f"version-{gone.pk}": 1, "reason": "Same person",
    }  # fmt: skip
    answer = page.post(reverse("duplicates:merge"), said)
    assert answer.status_code == 302, answer.content.decode()

    kept.refresh_from_db()
    assert (kept.need, kept.email) == ("Theirs", "ada@borg.de")
    made = Merge.objects.get()
    html = page.get(reverse("duplicates:merged", args=[made.public_id])).content.decode()
    assert "Same person" in html
    assert str(gone) in html
    assert (
        str(gone)
        in page.get(reverse("duplicates:list"), {"type": "lead", "status": "merged"}).content.decode()
    )
    page.post(reverse("duplicates:unmerge", args=[made.public_id]))
    assert Lead.objects.count() == 2


def test_what_was_changed_since_is_asked_on_the_page(page):
    kept, gone = LeadFactory(need="Mine"), LeadFactory(need="Theirs")
    said = {"type": "lead", "ids": [kept.number, gone.number], "survivor": kept.pk, "pick-need": gone.pk}
    page.post(reverse("duplicates:merge"), said)
    made = Merge.objects.get()
    lead = Lead.objects.get(pk=kept.pk)
    lead.need = "Newer"
    lead.save()
    address = reverse("duplicates:unmerge", args=[made.public_id])

    answer = page.post(address, follow=True)

    assert "Changed since" in answer.content.decode()
    assert Lead.objects.count() == 1
    page.post(address, {"pick-need": "keep"})
    assert Lead.objects.get(pk=kept.pk).need == "Newer"
    assert Lead.objects.count() == 2


def test_somebody_who_saw_older_records_is_told(page):
    kept, gone = LeadFactory(), LeadFactory()
    gone.save()
    said = {
        "type": "lead",
        "ids": f"{kept.number},{gone.number}",
        "survivor": kept.pk,
        f"version-{gone.pk}": 1,
    }

    assert page.post(reverse("duplicates:merge"), said).status_code == 409
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["", "?type=lead", "?type=lead&ids=x,y", "?type=invoice&ids=1,2", "?type=lead&ids=1"]
)
def test_a_merge_of_nothing_does_not_exist(page, query):
    assert page.get(reverse("duplicates:merge") + query).status_code == 404


def test_the_page_of_a_merge_costs_the_same_whatever_hangs_on_the_records(
    page, django_assert_max_num_queries
):
    kept, gone = AccountFactory(), AccountFactory()

    def cost():
        with django_assert_max_num_queries(120) as counted:
            assert page.get(merge_address(kept, gone)).status_code == 200
        return len(counted)

    cost()  # the first one reads what every process reads once
    few = cost()
    for _each in range(5):
        ContactFactory(account=gone), AccountFactory(parent=gone)

    assert cost() == few


# --- while one is made ---------------------------------------------------------------------------


NEW = [
    ("leads:new", LeadFactory, Lead,
     {"topic": "T", "last_name": "Long", "email": "ada@borg.de", "source": "web", "rating": "warm"}),
    ("customers:account-new", AccountFactory, Account,
     {"name": "Borg AG", "email": "ada@borg.de", "tax_treatment": "normal"}),
    ("customers:contact-new", ContactFactory, Contact, {"last_name": "Long", "email": "ada@borg.de"}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "factory", "model", "values"), NEW)
def test_a_certain_duplicate_is_made_only_with_a_reason(page, boss, address, factory, model, values):
    known = factory(email="ADA@borg.de", **({"name": "Borg GmbH"} if model is Account else {}))

    answer = page.post(reverse(address), values)

    html = answer.content.decode()
    assert answer.status_code == 409, html
    assert "This is known already" in html
    assert str(known) in html
    assert model.objects.count() == 1
    answer = page.post(reverse(address), {**values, "allow_duplicate": "1", "duplicate_reason": " "})
    assert answer.status_code == 409
    answer = page.post(
        reverse(address), {**values, "allow_duplicate": "1", "duplicate_reason": "Another branch"}
    )
    assert answer.status_code == 302, answer.content.decode()
    entry = HistoryEntry.objects.get(verb="made_despite_duplicate")
    assert (entry.note, entry.actor) == ("Another branch", boss)


@pytest.mark.parametrize(("address", "factory", "model", "values"), NEW)
def test_the_form_carries_the_place_for_the_hint(page, address, factory, model, values):
    html = page.get(reverse(address)).content.decode()

    assert f'hx-get="/duplicates/hints/{model._meta.model_name}/"' in html


def test_a_rule_that_only_hints_asks_nothing(page):
    LeadFactory(email="ada@borg.de")
    DuplicateRule.objects.create(
        record_type="leads.lead", against="leads.lead", name="Hint", signs={"email": 0.95}, threshold="0.5",
        response="hint", is_active=True,
    )  # fmt: skip

    assert page.post(reverse("leads:new"), NEW[0][3]).status_code == 302


def test_the_hint_names_who_may_be_meant(page):
    lead = LeadFactory(email="ada@borg.de")
    account = AccountFactory(name="Borg GmbH")

    answer = page.get(
        reverse("duplicates:hints", args=["lead"]), {"email": "ada@borg.de", "company": "Borg", "topic": "x"},
        headers={"HX-Request": "true", "HX-Target": "hints"},
    )  # fmt: skip

    html = answer.content.decode()
    assert str(lead) in html
    assert account.name in html
    assert "same company name" in html
    assert "<html" not in html


def test_who_may_not_make_one_gets_no_hint(client):
    client.force_login(UserFactory(role="finance"))

    assert client.get(reverse("duplicates:hints", args=["lead"])).status_code == 403


# --- rules ---------------------------------------------------------------------------------------


def test_a_rule_is_tried_and_published_on_its_page(page):
    for n in range(2):
        LeadFactory(phone="030 1234567", company=f"C{n}", email="")
    address = reverse("duplicates:rule", args=["lead", "lead"])
    said = {"name": "Phones", "threshold": 80, "response": "ask", "sign_phone": 85}

    html = page.post(address, {**said, "do": "try"}).content.decode()

    assert "1 pairs of 1 records" in html
    assert not DuplicateRule.objects.exists()
    assert page.post(address, {**said, "do": "publish"}).status_code == 302
    assert DuplicateRule.objects.get().signs == {"phone": 0.85}
    assert "Phones" in page.get(reverse("duplicates:rules")).content.decode()
    page.post(reverse("duplicates:usual-rule", args=["lead", "lead"]))
    assert not DuplicateRule.objects.filter(is_active=True).exists()
    assert page.post(address, {**said, "sign_phone": 0, "do": "publish"}).status_code == 422
    assert page.get(reverse("duplicates:rule", args=["contact", "lead"])).status_code == 404
    assert page.get(reverse("duplicates:rule", args=["lead", "account"])).status_code == 200


def test_rules_and_the_search_are_the_administrators(client):
    client.force_login(UserFactory(role="sales_manager"))

    assert client.get(reverse("duplicates:rules")).status_code == 403
    assert client.post(reverse("duplicates:sweep")).status_code == 403


# --- from the lists ------------------------------------------------------------------------------


def test_lists_say_how_many_duplicates_a_record_may_have_at_a_constant_cost(
    page, django_assert_max_num_queries
):
    def cost():
        with django_assert_max_num_queries(60) as counted:
            answer = page.get(reverse("leads:list"))
        assert answer.status_code == 200
        return len(counted), answer.content.decode()

    one, two = LeadFactory(), LeadFactory()
    pair_of(one, two)
    cost()  # the first one reads what every process reads once
    few, html = cost()
    assert html.count("1 duplicate<") == 2
    for _each in range(8):
        pair_of(one, LeadFactory())

    many, html = cost()

    assert many == few
    assert "9 duplicates<" in html
    html = page.get(reverse("duplicates:list"), {"type": "lead", "of": two.number}).content.decode()
    assert html.count('class="pair"') == 1


def test_what_was_picked_in_a_list_is_merged(page):
    one, two = AccountFactory(), AccountFactory()

    html = page.get(f"{reverse('duplicates:merge')}?pick={one.number}&pick={two.number}").content.decode()

    assert "Merge accounts" in html
    assert (
        page.get(f"{reverse('duplicates:merge')}?pick={one.number}&pick={LeadFactory().number}").status_code
        == 404
    )
