"""The page of a deal: how it stands, what its stages ask for, what became of its amount, who has to do with it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from kernel import history
from kernel.models import CustomField
from opportunities.actions import add_member, add_rival, add_stakeholder, judge_opportunity
from opportunities.checklist import askable_fields
from opportunities.models import Opportunity, Stage
from quotes.models import Quote
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    LossReasonFactory,
    OpportunityCloseFactory,
    OpportunityFactory,
    PriceListFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def asks(stage, *, required=(), advised=()):
    Stage.objects.filter(pk=stage.pk).update(required_fields=list(required), advised_fields=list(advised))
    return Stage.objects.get(pk=stage.pk)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def answer(client, deal, field, **said):
    return client.post(reverse("opportunities:answer", args=[deal.ref, field]), {"version": "1", **said})


# --- cost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 12])
def test_the_page_costs_the_same_however_much_hangs_on_it(
    client, seller, many, django_assert_max_num_queries
):
    asks(StageFactory(), required=["decision_maker", "quotes", "need"], advised=["competitors", "amount"])
    asks(StageFactory(position=2), required=["lines", "members", "estimated_close_on"])
    deal = OpportunityFactory(owner=seller, lines=many, lead=LeadFactory(owner=seller))
    for number in range(many):
        add_stakeholder(deal, ContactFactory(owner=seller), by=seller, role="user")
        add_rival(deal, f"Vela {number}", by=seller)
        add_member(deal, UserFactory(role="finance"), by=seller)
        quote = QuoteFactory(opportunity=deal, owner=seller, status="active")
        order = OrderFactory(opportunity=deal, owner=seller, quote=quote)
        InvoiceFactory(opportunity=deal, order=order, owner=seller, status_reason="billed")
        ActivityFactory(regarding=deal, owner=seller, due_at=timezone.now())
        history.record(deal, "changed", by=seller)
    ContentType.objects.get_for_models(Opportunity, Quote)

    with django_assert_max_num_queries(18):
        assert client.get(deal.get_absolute_url()).status_code == 200


# --- checklist ---------------------------------------------------------------------------------------------------


def test_the_stage_and_the_next_one_say_what_they_ask_for(client, seller):
    stage = asks(StageFactory(), required=["need"], advised=["competitors"])
    asks(StageFactory(position=2), required=["amount", "lines", "need"])
    deal = OpportunityFactory(owner=seller, stage=stage, need="A spindle")

    html = client.get(deal.get_absolute_url()).text
    text = text_of(html)

    assert "Qualify asks for" in text
    assert "To go on to Develop" in text
    assert "Need is there" in text
    assert "Competitors Add competitors advised" in text
    assert f'action="{deal.get_absolute_url()}answer/amount/"' in html
    assert f'href="{deal.get_absolute_url()}#lines"' in html
    assert f'action="{deal.get_absolute_url()}answer/need/"' not in html


def test_each_thing_is_asked_for_once(client, seller):
    stage = asks(StageFactory(), required=["need"])
    asks(StageFactory(position=2), required=["need"])
    deal = OpportunityFactory(owner=seller, stage=stage)

    html = client.get(deal.get_absolute_url()).text

    assert html.count(f'action="{deal.get_absolute_url()}answer/need/"') == 1


def test_a_field_is_filled_in_place_and_saved_by_itself(client, seller):
    deal = OpportunityFactory(owner=seller)

    back = answer(client, deal, "need", need="A spindle")

    assert (back.status_code, back.url) == (302, deal.get_absolute_url() + "#asked")
    assert Opportunity.objects.get().need == "A spindle"
    assert history.of(deal).get().changes == {"need": ["", "A spindle"]}


@pytest.mark.parametrize(
    ("field", "said", "column", "kept"),
    [
        ("amount", {"estimated_revenue": "1250.50"}, "estimated_revenue", Decimal("1250.50")),
        (
            "estimated_close_on",
            {"estimated_close_on": "2027-01-31"},
            "estimated_close_on",
            dt.date(2027, 1, 31),
        ),
        ("timeframe", {"timeframe": "this_quarter"}, "timeframe", "this_quarter"),
        (
            "next_step",
            {"next_step": "Call", "next_step_on": "2027-01-31"},
            "next_step_on",
            dt.date(2027, 1, 31),
        ),
        ("probability", {"probability": "35"}, "probability", 35),
    ],
)
def test_every_kind_of_column_can_be_said(client, seller, field, said, column, kept):
    deal = OpportunityFactory(owner=seller)

    assert answer(client, deal, field, **said).status_code == 302
    assert getattr(Opportunity.objects.get(), column) == kept


def test_contact_and_price_list_are_said_by_name(client, seller):
    deal = OpportunityFactory(owner=seller)
    ada, prices = ContactFactory(owner=seller, account=deal.account), PriceListFactory()

    answer(client, deal, "contact", contact=ada.number)
    answer(client, deal, "price_list", version="2", price_list=str(prices.pk))

    deal.refresh_from_db()
    assert (deal.contact, deal.price_list) == (ada, prices)


def test_an_added_field_can_be_asked_for_and_said(client, seller):
    CustomField.objects.create(
        record_type="opportunities.opportunity", name="decides_on", label="Decision date", kind="date"
    )
    assert ("custom.decides_on", "Decision date") in askable_fields()
    stage = asks(StageFactory(), required=["custom.decides_on"])
    deal = OpportunityFactory(owner=seller, stage=stage)
    assert "answer/custom.decides_on/" in client.get(deal.get_absolute_url()).text

    assert answer(client, deal, "custom.decides_on", custom_decides_on="2027-03-01").status_code == 302

    assert Opportunity.objects.get().custom == {"decides_on": "2027-03-01"}
    assert "Decision date is there" in text_of(client.get(deal.get_absolute_url()).text)


def test_an_empty_answer_is_none_and_an_unfit_one_is_refused_beside_its_field(client, seller):
    deal = OpportunityFactory(owner=seller)

    assert "This field is required." in answer(client, deal, "need", need="").text
    assert answer(client, deal, "estimated_close_on", estimated_close_on="soon").status_code == 422
    assert answer(client, deal, "nonsense", nonsense="1").status_code == 404
    assert Opportunity.objects.get().version == 1


def test_what_is_no_field_leads_to_where_it_is_added(client, seller):
    deal = OpportunityFactory(owner=seller, revenue_mode="system_calculated")
    base = deal.get_absolute_url()

    def lead(field):
        return client.get(reverse("opportunities:answer", args=[deal.ref, field])).url

    assert [lead(field) for field in ("lines", "amount", "stakeholders", "competitors", "members")] == [
        f"{base}#lines", f"{base}#lines", f"{base}stakeholders/add/", f"{base}competitors/add/", f"{base}team/add/",
    ]  # fmt: skip
    assert lead("decision_maker") == f"{base}stakeholders/add/?role=decision_maker"


def test_a_closed_deal_asks_for_nothing_and_takes_no_answer(client, seller):
    stage = asks(StageFactory(), required=["need"])
    deal = OpportunityFactory(owner=seller, stage=stage, status="lost")

    assert "asks for" not in client.get(deal.get_absolute_url()).text
    assert answer(client, deal, "need", need="More").status_code == 409


def test_every_field_that_may_be_asked_for_has_an_answer_and_a_place(seller):
    deal = OpportunityFactory(owner=seller)
    CustomField.objects.create(
        record_type="opportunities.opportunity", name="size", label="Size", kind="number"
    )
    stage = asks(
        StageFactory(), required=[name for name, _label in askable_fields()] + ["gone", "custom.gone"]
    )
    deal = Opportunity.objects.get(pk=deal.pk)

    missing = {one.field: one.fix_url for one in deal.missing_for(stage)}

    assert set(missing) == {name for name, _label in askable_fields()} - {"account"}
    assert all(f"/answer/{name}/" in place for name, place in missing.items())


def test_moving_asks_for_everything_at_once_and_takes_what_is_a_field(client, seller):
    CustomField.objects.create(
        record_type="opportunities.opportunity", name="kind", label="Kind of plant", kind="choice",
        choices=[{"value": "mill", "label": "Mill"}],
    )  # fmt: skip
    propose = asks(
        StageFactory(position=3), required=["contact", "timeframe", "custom.kind", "lines", "decision_maker"]
    )
    deal = OpportunityFactory(owner=seller)
    ada = ContactFactory(owner=seller, account=deal.account)
    address = deal.get_absolute_url() + "move/"

    html = client.get(f"{address}?stage={propose.pk}").text
    for name in ("contact", "timeframe", "custom_kind"):
        assert f'name="{name}"' in html
    for field in ("lines", "decision_maker"):
        assert f'href="{deal.get_absolute_url()}answer/{field}/"' in html

    said = {
        "stage": str(propose.pk),
        "contact": ada.number,
        "timeframe": "this_quarter",
        "custom_kind": "mill",
    }
    refused = client.post(address, said)
    assert refused.status_code == 409
    for reason in ("Propose needs: lines", "Propose needs: decision maker"):
        assert reason in refused.text

    asks(propose, required=["contact", "timeframe", "custom.kind"])
    assert client.post(address, said).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage, deal.contact, deal.timeframe, deal.custom) == (
        propose, ada, "this_quarter", {"kind": "mill"},
    )  # fmt: skip


# --- probability and forecast ------------------------------------------------------------------------------------


def test_the_chance_of_the_stage_and_ones_own_change_are_told_apart_and_reset(client, seller):
    deal = OpportunityFactory(owner=seller, probability=25)

    text = text_of(client.get(deal.get_absolute_url()).text)
    assert "25% (stage 10%, +15 yours)" in text

    answer(client, deal, "probability", probability="10")
    text = text_of(client.get(deal.get_absolute_url()).text)
    assert "Probability 10% as the stage" in text
    assert "yours" not in text


def test_somebodys_own_judgement_is_said_and_taken_back(client, seller):
    deal = OpportunityFactory(owner=seller)
    address = deal.get_absolute_url() + "judge/"
    assert "As the stage says: Pipeline" in client.get(address).text

    client.post(address, {"forecast": "committed", "version": "1"})
    deal.refresh_from_db()
    assert (deal.forecast, deal.is_judged) == ("committed", True)
    assert "Committed (your judgement; stage: Pipeline)" in text_of(client.get(deal.get_absolute_url()).text)

    client.post(address, {"version": str(deal.version)})
    deal.refresh_from_db()
    assert (deal.forecast, deal.is_judged) == ("pipeline", False)
    assert client.post(address, {"forecast": "won"}).status_code == 422


def test_a_judgement_over_somebody_elses_is_a_conflict(client, seller):
    deal = OpportunityFactory(owner=seller)
    judge_opportunity(deal, by=seller, forecast="best_case")

    assert (
        client.post(deal.get_absolute_url() + "judge/", {"forecast": "omitted", "version": "1"}).status_code
        == 409
    )


# --- money, quotes, closing --------------------------------------------------------------------------------------


def test_what_became_of_the_amount_leads_to_each_record(client, seller):
    deal = OpportunityFactory(owner=seller, estimated_revenue=Decimal(1000))
    quote = QuoteFactory(
        opportunity=deal, owner=seller, status="active", lines__quantity=1, lines__unit_price=Decimal(800)
    )
    order = OrderFactory(opportunity=deal, owner=seller, lines__quantity=1, lines__unit_price=Decimal(800))

    html = client.get(deal.get_absolute_url()).text
    text = text_of(html)

    assert "Quoted, net €800.00 €200.00 less (\N{MINUS SIGN}20%)" in text
    assert "Ordered, net €800.00 as quoted" in text
    for record in (quote, order):
        assert f'<a href="{record.get_absolute_url()}">€800.00</a>' in html


def test_a_deal_without_documents_has_no_strip(client, seller):
    assert (
        "What became of the amount"
        not in client.get(OpportunityFactory(owner=seller).get_absolute_url()).text
    )


def test_the_quotes_stand_on_the_page_with_what_the_customer_did(client, seller):
    deal = OpportunityFactory(owner=seller)
    quote = QuoteFactory(opportunity=deal, owner=seller, status="active", name="First offer")
    stranger = QuoteFactory(opportunity=deal, owner=UserFactory(), name="Out of sight")

    text = text_of(client.get(deal.get_absolute_url()).text)

    assert f"{quote.ref} First offer" in text
    assert stranger.name not in text


def test_how_it_was_lost_is_said_with_the_day_to_come_back(client, seller):
    deal = OpportunityFactory(owner=seller, status="lost")
    add_rival_to = OpportunityFactory(owner=seller)
    add_rival(add_rival_to, "Vela", by=seller)
    vela = add_rival_to.rivals.get().competitor
    OpportunityCloseFactory(
        opportunity=deal, by=seller, loss_reason=LossReasonFactory(), lost_to=vela, note="Cheaper",
        closed_on=dt.date(2026, 3, 1), revisit_on=dt.date(2026, 9, 1),
    )  # fmt: skip

    text = text_of(client.get(deal.get_absolute_url()).text)

    assert "1 Mar 2026 · Price · to Vela · revisit on 1 Sep 2026 · Cheaper" in text


# --- rotting and next step ---------------------------------------------------------------------------------------


def test_the_page_says_since_when_the_customer_hears_nothing(client, seller):
    stage = StageFactory(rots_after_days=12)
    deal = OpportunityFactory(owner=seller, stage=stage)
    Opportunity.objects.filter(pk=deal.pk).update(created_at=timezone.now() - dt.timedelta(days=40))
    quote = QuoteFactory(opportunity=deal, owner=seller)

    assert "days without any contact (limit 12)" in text_of(client.get(deal.get_absolute_url()).text)

    history.record(quote, "sent", by=seller)
    text = text_of(client.get(deal.get_absolute_url()).text)
    assert "contact today Last contact: quote sent" in text

    ActivityFactory(regarding=deal, due_at=timezone.now() + dt.timedelta(days=9))
    assert "waiting until" in text_of(client.get(deal.get_absolute_url()).text)


# --- people ------------------------------------------------------------------------------------------------------


def test_people_are_added_named_and_taken_off_with_a_way_back(client, seller):
    deal = OpportunityFactory(owner=seller)
    ada = ContactFactory(owner=seller, first_name="Ada", last_name="Long")
    base = deal.get_absolute_url()

    back = client.post(
        f"{base}stakeholders/add/", {"contact": ada.number, "role": "Decision maker", "version": "1"}
    )
    assert (back.status_code, back.url) == (302, f"{base}#people")
    assert "Ada Long Decision maker" in text_of(client.get(base).text)

    page = client.post(f"{base}stakeholders/remove/", {"who": ada.ref}, follow=True)
    undo = re.search(r'action="(/opportunities/[^"]+/put-back/[^"]+)"', page.text)[1]
    assert not deal.stakeholders.exists()

    client.post(undo.replace("&amp;", "&"))
    assert [(one.contact, one.role) for one in deal.stakeholders.all()] == [(ada, "decision_maker")]


def test_a_dialog_leads_to_the_page_itself_so_that_it_is_loaded_anew(client, seller):
    deal = OpportunityFactory(owner=seller)
    htmx = {"HX-Request": "true", "HX-Target": "dialog"}
    base = deal.get_absolute_url()

    for place, said in (
        ("competitors/add/", {"competitor": "Vela"}),
        ("answer/need/", {"need": "A spindle"}),
    ):
        answer = client.post(base + place, said, headers=htmx)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, base)


def test_competitors_and_colleagues_have_the_same_way(client, seller):
    deal = OpportunityFactory(owner=seller)
    boss = UserFactory(role="sales_manager", team=seller.team)
    base = deal.get_absolute_url()

    client.post(f"{base}competitors/add/", {"competitor": "Vela", "note": "Cheaper"})
    client.post(f"{base}team/add/", {"user": str(boss.pk), "role": "Sponsor"})
    text = text_of(client.get(base).text)
    assert "Vela Cheaper" in text
    assert f"{boss} Sponsor" in text

    for place, who in (("competitors", "Vela"), ("team", boss.username)):
        page = client.post(f"{base}{place}/remove/", {"who": who}, follow=True)
        undo = re.search(r'action="(/opportunities/[^"]+/put-back/[^"]+)"', page.text)[1]
        assert client.post(undo.replace("&amp;", "&")).status_code == 302
    assert (deal.rivals.get().note, deal.members.get().role) == ("Cheaper", "Sponsor")


def test_a_forged_note_puts_nobody_back(client, seller):
    deal, other = OpportunityFactory(owner=seller), OpportunityFactory(owner=seller)
    add_rival(other, "Vela", by=seller)
    page = client.post(other.get_absolute_url() + "competitors/remove/", {"who": "Vela"}, follow=True)
    note = re.search(r"put-back/\?what=([^\"]+)\"", page.text)[1]

    for said in (note, "nonsense", ""):
        assert client.post(f"{deal.get_absolute_url()}put-back/?what={said}").status_code == 422
    assert not deal.rivals.exists()


def test_a_refusal_stands_beside_the_field(client, seller):
    deal = OpportunityFactory(owner=seller)
    colleague = UserFactory(team=seller.team)

    page = client.post(deal.get_absolute_url() + "team/add/", {"user": str(colleague.pk)})

    assert page.status_code == 422
    assert "cannot see this deal" in page.text
    assert not deal.members.exists()


def test_who_may_only_look_sees_it_all_without_forms(client, seller):
    stage = asks(StageFactory(), required=["need"])
    deal = OpportunityFactory(owner=seller, stage=stage)
    add_stakeholder(deal, ContactFactory(owner=seller, first_name="Ada", last_name="Long"), by=seller)
    client.force_login(UserFactory(role="finance"))

    html = client.get(deal.get_absolute_url()).text

    assert "Ada Long" in html
    for form in ("answer/need/", "stakeholders/add/", "stakeholders/remove/", "judge/", "move/"):
        assert f"{deal.get_absolute_url()}{form}" not in html


# --- where it begins ---------------------------------------------------------------------------------------------


def test_a_new_deal_begins_in_any_pipeline_that_is_in_use(client, seller):
    CurrencyFactory()
    StageFactory()
    request = StageFactory(pipeline__name="Service", name="Request", probability=20)
    retired = StageFactory(pipeline=request.pipeline, position=2, name="Retired", is_active=False)
    account = AccountFactory(owner=seller)
    address = reverse("opportunities:new")

    html = client.get(address).text
    assert '<optgroup label="Service">' in html
    assert "Retired" not in html

    client.post(address, {"name": "D", "account": account.number, "revenue_mode": "user_provided",
                          "stage": str(request.pk)})  # fmt: skip
    deal = Opportunity.objects.get()
    assert (deal.stage, deal.probability) == (request, 20)

    said = {"name": "E", "account": account.number, "revenue_mode": "user_provided"}
    assert client.post(address, said | {"stage": str(retired.pk)}).status_code == 422
    client.post(address, said)
    assert Opportunity.objects.get(name="E").stage.name == "Qualify"
