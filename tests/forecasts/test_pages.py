"""The forecast on its page: every figure is the sum of the deals one may see, and leads to exactly these."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from forecasts.actions import make_call, set_goal, take_snapshot
from forecasts.models import ForecastCall, Goal
from kernel.models import HistoryEntry
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.forecasts.scene import D, asked_of_the_database, browser, build, figures_on, rows_on
from tests.pages import queries

pytestmark = pytest.mark.django_db
FIGURES = ("Won", "Commit", "Best case", "Pipeline", "Weighted")
KINDS = {"Won": "won", "Commit": "commit", "Best case": "best_case", "Pipeline": "pipeline"}


@pytest.fixture
def scene() -> Any:
    return build()


def page_of(user: Any, scene: Any, **more: Any) -> str:
    answer = browser(user).get("/forecast/", {"period": scene.period.key, **more})
    assert answer.status_code == 200
    return str(answer.content.decode())


def agree(shown: dict[str, Decimal], wanted: dict[str, Decimal]) -> None:
    for name in FIGURES:
        assert round(shown[name], 4) == round(wanted[name], 4), name


def test_a_salesperson_sees_the_sum_of_their_own_deals_and_nobody_elses(scene: Any) -> None:
    html = page_of(scene.ada, scene)

    assert rows_on(html) == [f"person-{scene.ada.pk}"]
    agree(figures_on(html, f"person-{scene.ada.pk}"), asked_of_the_database(scene.period, [scene.ada]))


def test_a_manager_sees_their_teams_person_by_person_and_no_other_team(scene: Any) -> None:
    html = page_of(scene.mei, scene)

    assert f"team-{scene.south.pk}" not in html
    assert f"person-{scene.sam.pk}" not in html
    both = asked_of_the_database(scene.period, [scene.ada, scene.ben])
    agree(figures_on(html, f"team-{scene.region.pk}"), both)
    agree(figures_on(html, f"team-{scene.berlin.pk}"), both)
    for person in (scene.ada, scene.ben):
        agree(figures_on(html, f"person-{person.pk}"), asked_of_the_database(scene.period, [person]))


def test_an_administrator_sees_all_and_the_total_of_all(scene: Any) -> None:
    html = page_of(scene.root, scene)

    agree(figures_on(html, "all"), asked_of_the_database(scene.period, [scene.ada, scene.ben, scene.sam]))
    agree(figures_on(html, f"team-{scene.south.pk}"), asked_of_the_database(scene.period, [scene.sam]))


def test_a_currency_without_a_rate_is_named_and_its_rows_are_marked(scene: Any) -> None:
    html = page_of(scene.mei, scene)

    assert "No rate for CHF on that day" in html
    assert html.count("unrated") >= 3
    Opportunity.objects.filter(currency__code="CHF").delete()
    assert "unrated" not in page_of(scene.mei, scene)


def test_what_is_overdue_or_without_a_day_stands_beside_the_figures(scene: Any) -> None:
    text = re.sub(r"\s+", " ", page_of(scene.ada, scene))

    assert "Overdue: 3 deals" in text
    assert "Without a close date: 3 deals" in text
    assert "Omitted: 3 deals" in text


@pytest.mark.parametrize("figure", KINDS)
def test_a_figure_opens_its_deals_and_each_part_leads_to_the_list_of_exactly_these(
    scene: Any, figure: str
) -> None:
    client = browser(scene.mei)
    html = page_of(scene.mei, scene, of=f"team-{scene.berlin.pk}", **{"in": KINDS[figure]})
    pane = html.partition('id="deals"')[2].partition("</section>")[0]

    lists = [unescape(found) for found in re.findall(r'href="(/opportunities/\?f=[^"]+)"', pane)]
    found: set[str] = set()
    for address in lists:
        found |= set(re.findall(r"OPP-T\d+", client.get(address).content.decode().partition("<tbody>")[2]))

    assert found == set(re.findall(r"OPP-T\d+", pane.partition("<tbody>")[2]))
    assert len(found) == {"Won": 6, "Commit": 12, "Best case": 18, "Pipeline": 24}[figure]
    worth = sum(
        worth_of(deal) for deal in Opportunity.objects.filter(number__in=found).select_related("currency")
    )
    assert round(worth, 4) == round(figures_on(html, f"team-{scene.berlin.pk}")[figure], 4)


def worth_of(deal: Opportunity) -> Decimal:
    if deal.status == "won":
        return (deal.actual_revenue or D(0)) * deal.exchange_rate
    return deal.estimated_revenue * {"EUR": D(1), "USD": D("0.9")}.get(deal.currency.code, deal.exchange_rate)


def test_the_page_asks_the_database_as_often_for_many_deals_as_for_few(scene: Any) -> None:
    client = browser(scene.mei)
    address = f"/forecast/?period={scene.period.key}&of=team-{scene.berlin.pk}&in=pipeline&pictures=1"
    few = len(queries(lambda: client.get(address)))

    for number in range(20):
        OpportunityFactory(
            owner=scene.ben,
            stage=scene.stage,
            estimated_close_on=scene.period.ends_on,
            estimated_revenue=number,
        )

    assert len(queries(lambda: client.get(address))) == few


def test_a_team_folds_by_a_link_of_its_own(scene: Any) -> None:
    html = page_of(scene.mei, scene, fold=f"team-{scene.berlin.pk}")

    assert f"row-person-{scene.ada.pk}" not in html
    assert 'aria-expanded="false"' in html


# --- deals changed in place -----------------------------------------------------------------------------------------


def committed(scene: Any, owner: Any) -> Opportunity:
    return Opportunity.objects.filter(owner=owner, forecast="committed", currency__code="EUR").get()


def adjusted(
    user: Any, scene: Any, deal: Opportunity, cell: str = "commit", htmx: bool = True, **said: Any
) -> Any:
    address = f"/forecast/deals/{deal.ref}/?period={scene.period.key}&of=person-{deal.owner_id}&in={cell}"
    values = {
        "judgement": "committed", "estimated_close_on": deal.estimated_close_on, "version": deal.version,
        "estimated_revenue": deal.estimated_revenue,
    }  # fmt: skip
    headers = {"HX-Request": "true", "HX-Target": f"said-{deal.ref}"} if htmx else {}
    return browser(user).post(address, values | said, headers=headers)


def test_an_amount_changed_in_the_pane_changes_the_figures_above(scene: Any) -> None:
    deal = committed(scene, scene.ada)
    before = figures_on(page_of(scene.ada, scene), f"person-{scene.ada.pk}")

    answer = adjusted(scene.ada, scene, deal, estimated_revenue="5000")

    html = answer.content.decode()
    after = figures_on(html, f"person-{scene.ada.pk}")
    assert answer.status_code == 200
    assert 'hx-swap-oob="true"' in html
    assert after["Commit"] - before["Commit"] == D(5000) - deal.estimated_revenue
    assert after["Won"] == before["Won"]


def test_an_own_judgement_moves_the_deal_to_another_figure_and_is_remembered(scene: Any) -> None:
    deal = committed(scene, scene.ada)

    answer = adjusted(scene.ada, scene, deal, judgement="best_case")

    deal.refresh_from_db()
    assert (deal.forecast, deal.is_judged) == ("best_case", True)
    assert "does not count in this figure any more" in answer.content.decode()
    assert HistoryEntry.objects.filter(record_id=deal.pk, verb="judged").count() == 1


def test_what_is_refused_is_said_beside_the_deal_and_nothing_changes(scene: Any) -> None:
    deal = committed(scene, scene.ada)

    wrong = adjusted(scene.ada, scene, deal, estimated_revenue="-5")
    stale = adjusted(scene.ada, scene, deal, estimated_revenue="5000", version=deal.version + 3)

    assert (wrong.status_code, stale.status_code) == (422, 409)
    assert "Somebody else changed this meanwhile" in stale.content.decode()
    assert Opportunity.objects.get(pk=deal.pk).estimated_revenue == deal.estimated_revenue


def test_without_scripts_a_row_is_saved_by_its_button_and_a_refusal_shows_the_page(scene: Any) -> None:
    deal = committed(scene, scene.ada)

    saved = adjusted(scene.ada, scene, deal, htmx=False, estimated_revenue="4000")
    refused = adjusted(scene.ada, scene, deal, htmx=False, estimated_revenue="x")

    assert saved.status_code == 302
    assert refused.status_code == 422
    assert "<h1" in refused.content.decode()
    assert Opportunity.objects.get(pk=deal.pk).estimated_revenue == D(4000)


def test_a_deal_of_another_branch_does_not_exist_and_finance_may_not_change_one(scene: Any) -> None:
    deal = committed(scene, scene.ada)

    assert adjusted(scene.sam, scene, deal, estimated_revenue="1").status_code == 404
    assert adjusted(scene.fin, scene, deal, estimated_revenue="1").status_code == 403
    assert Opportunity.objects.get(pk=deal.pk).estimated_revenue == deal.estimated_revenue


# --- as it was ----------------------------------------------------------------------------------------------------


def test_as_of_a_snapshot_the_page_says_what_was_and_lists_the_deals_as_they_were(scene: Any) -> None:
    deal = committed(scene, scene.ada)
    before = figures_on(page_of(scene.ada, scene), f"person-{scene.ada.pk}")
    taken = take_snapshot().taken_on
    adjusted(scene.ada, scene, deal, estimated_revenue="99999")

    html = page_of(scene.ada, scene, as_of=taken.isoformat(), of=f"person-{scene.ada.pk}", **{"in": "commit"})

    then = figures_on(html, f"person-{scene.ada.pk}")
    assert {name: then[name] for name in FIGURES} == {name: before[name] for name in FIGURES}
    assert "You look at the past" in html
    pane = html.partition('id="deals"')[2].partition("</section>")[0]
    assert deal.number in pane
    assert "99,999" not in pane
    assert "<select" not in pane


# --- calls and targets ---------------------------------------------------------------------------------------------


def test_a_call_is_made_with_its_reason_and_shown_with_what_the_system_said(scene: Any) -> None:
    client, address = browser(scene.ada), f"/forecast/call/?period={scene.period.key}"

    silent = client.post(address, {"amount": "5000", "note": ""})
    said = client.post(address, {"amount": "5000", "note": "Two slip"})

    assert (silent.status_code, said.status_code) == (422, 302)
    call = ForecastCall.objects.get()
    assert (call.amount, call.note, call.by, call.user) == (D(5000), "Two slip", scene.ada, scene.ada)
    row = figures_on(page_of(scene.ada, scene), f"person-{scene.ada.pk}")
    assert row["Call"] == D(5000)
    assert round(call.commit, 4) == round(row["Commit"], 4)
    assert "the system said" in client.get(address).content.decode()


def test_a_call_is_taken_back_with_a_reason_and_stays_on_record(scene: Any) -> None:
    make_call(scene.ada, scene.period, D(5000), by=scene.ada, note="Sure")
    client, address = browser(scene.ada), f"/forecast/call/?period={scene.period.key}"

    client.post(address, {"do": "reset", "note": "Not so sure"})

    assert "Call" not in figures_on(page_of(scene.ada, scene), f"person-{scene.ada.pk}")
    assert "Sure" in client.get(address).content.decode()


def test_a_colleague_is_not_called_for(scene: Any) -> None:
    address = f"/forecast/call/?period={scene.period.key}&of=person-{scene.ben.pk}"

    assert browser(scene.ada).post(address, {"amount": 1, "note": "x"}).status_code == 404
    assert browser(scene.fin).post(address, {"amount": 1, "note": "x"}).status_code == 403
    assert browser(scene.mei).post(address, {"amount": 1, "note": "x"}).status_code == 302
    assert ForecastCall.objects.get().user == scene.ben


def test_targets_are_typed_into_the_sheet_and_add_up_to_those_of_the_team(scene: Any) -> None:
    name = "person-{}-revenue".format
    said = {name(scene.ada.pk): "1000.50", name(scene.ben.pk): "2000", "do": "save"}

    answer = browser(scene.mei).post(f"/forecast/goals/?period={scene.period.key}", said)

    assert answer.status_code == 302
    assert figures_on(page_of(scene.mei, scene), f"team-{scene.region.pk}")["Target"] == D("3000.50")
    assert Goal.objects.count() == 2
    browser(scene.mei).post(f"/forecast/goals/?period={scene.period.key}", said)
    assert Goal.objects.count() == 2  # what stays is not written again


def test_a_year_is_spread_over_its_quarters_to_the_cent(scene: Any) -> None:
    year = str(scene.period.starts_on.year)
    said = {
        f"person-{scene.ada.pk}-revenue": "1000.01",
        f"person-{scene.ada.pk}-deals": "7",
        "do": "spread-3",
    }

    browser(scene.mei).post(f"/forecast/goals/?period={year}", said)

    for metric, total in (("revenue", D("1000.01")), ("deals", D(7))):
        parts = list(
            Goal.objects.filter(metric=metric, period__contains="Q").values_list("target", flat=True)
        )
        assert len(parts) == 4
        assert sum(parts) == total
        assert max(parts) - min(parts) <= (D("0.01") if metric == "revenue" else 1)


def test_targets_of_the_period_before_are_copied_where_none_is_set(scene: Any) -> None:
    for person, target in ((scene.ada, 100), (scene.ben, 200)):
        set_goal(person, scene.period.previous, D(target), by=scene.root)
    set_goal(scene.ben, scene.period, D(999), by=scene.root)

    browser(scene.mei).post(f"/forecast/goals/?period={scene.period.key}", {"do": "copy"})

    targets = Goal.objects.filter(period=scene.period.key).values_list("user__username", "target")
    assert sorted(targets) == [("ada", D(100)), ("ben", D(999))]


def test_a_wrong_target_is_named_and_none_is_written(scene: Any) -> None:
    said = {f"person-{scene.ada.pk}-revenue": "much", f"person-{scene.ben.pk}-revenue": "5"}

    answer = browser(scene.mei).post(f"/forecast/goals/?period={scene.period.key}", said)

    assert answer.status_code == 422
    assert 'value="much"' in answer.content.decode()
    assert not Goal.objects.exists()


def test_targets_are_set_by_those_who_lead(scene: Any) -> None:
    said = {f"person-{scene.ada.pk}-revenue": "1"}

    assert browser(scene.ada).post(f"/forecast/goals/?period={scene.period.key}", said).status_code == 403
    browser(scene.mei).post(
        f"/forecast/goals/?period={scene.period.key}", {f"person-{scene.sam.pk}-revenue": "1"}
    )
    assert not Goal.objects.exists()


# --- files and what changed -------------------------------------------------------------------------------------------


def test_the_file_holds_every_row_with_exact_amounts(scene: Any) -> None:
    client = browser(scene.mei)

    text = client.get(f"/forecast/export/?period={scene.period.key}&as=csv").content.decode("utf-8-sig")

    wanted = asked_of_the_database(scene.period, [scene.ada])
    line = next(one for one in text.splitlines() if one.startswith(f"person-{scene.ada.pk},"))
    assert round(D(line.split(",")[6]), 4) == round(wanted["Commit"], 4)
    assert client.get(f"/forecast/export/?period={scene.period.key}&as=xlsx").content[:2] == b"PK"
    assert browser(scene.fin).get("/forecast/export/").status_code == 403


def test_what_changed_since_a_snapshot_is_told_deal_by_deal(scene: Any) -> None:
    taken = take_snapshot().taken_on
    deal = committed(scene, scene.ada)
    adjusted(scene.ada, scene, deal, estimated_revenue=str(deal.estimated_revenue + 500))

    html = (
        browser(scene.ada)
        .get("/forecast/changes/", {"period": scene.period.key, "since": taken.isoformat()})
        .content.decode()
    )

    assert "Grown" in html
    assert deal.number in html
    assert "+€500.00" in html
    assert committed(scene, scene.sam).number not in html


def test_the_change_of_seven_days_leads_to_the_deals_that_made_it(today: Any) -> None:
    scene = build()
    take_snapshot(is_final=True)
    today.move_to(timezone.now() + dt.timedelta(days=8))
    deal = committed(scene, scene.ada)
    adjusted(scene.ada, scene, deal, estimated_revenue=str(deal.estimated_revenue + 500))
    html = page_of(scene.mei, scene)

    assert figures_on(html, f"person-{scene.ada.pk}")["7 days"] == D(500)
    address = next(
        unescape(one)
        for one in re.findall(r'href="(/forecast/changes/[^"]+)"', html)
        if f"person-{scene.ada.pk}" in one
    )
    told = browser(scene.mei).get(address).content.decode()
    assert deal.number in told
    assert "+€500.00" in told
