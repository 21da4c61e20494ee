"""What templates may rely on: strict names, escaping, words and figures in the reader's own way."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation
from jinja2 import UndefinedError

from kernel import formats
from kernel.badges import TONES, tone_of
from kernel.errors import Blocker
from kernel.jinja import register_global, url, with_query
from kernel.lifecycle import Step

NBSP = "\N{NO-BREAK SPACE}"


def drawn(source: str, **context: Any) -> str:
    request = RequestFactory().get("/leads/?q=borg&page=1")
    return str(engines["jinja2"].from_string(source).render(context, request)).strip()


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1250"), "EUR", "€1,250.00"),
        (Decimal("4200000"), "JPY", "¥4,200,000"),
        (Decimal("1250.125"), "KWD", f"1,250.125{NBSP}KWD"),
        (Decimal("-0.5"), "USD", "\N{MINUS SIGN}$0.50"),
        (None, "EUR", "–"),
        (Decimal("1250"), "", "1,250.00"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_a_real_minus(
    amount: Decimal | None, currency: str, text: str
) -> None:
    assert formats.money(amount, currency) == text


def test_figures_follow_the_language_of_the_reader() -> None:
    with translation.override("de"):
        assert formats.money(Decimal("1250.5"), "EUR") == f"1.250,50{NBSP}€"
        assert formats.number(Decimal("1250.50")) == "1.250,5"


def test_a_rate_is_shown_as_it_is_kept() -> None:
    assert formats.percent(Decimal("19.00")) == "19%"
    assert formats.percent(Decimal("7.75")) == "7.75%"


def test_a_moment_is_shown_in_the_zone_of_the_reader_and_names_it() -> None:
    moment = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)

    with timezone.override("Asia/Tokyo"):
        text = str(formats.datetime(moment))

    assert "1 Feb 2026, 08:30" in text
    assert 'datetime="2026-02-01T08:30:00+09:00"' in text
    assert "JST" in text


def test_a_day_reads_the_same_everywhere() -> None:
    assert str(formats.date(dt.date(2025, 11, 28))) == '<time datetime="2025-11-28">28 Nov 2025</time>'


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        drawn("{{ quoet }}")


def test_what_people_typed_is_escaped_also_within_translated_text() -> None:
    assert drawn("{{ name }}", name="<b>") == "&lt;b&gt;"
    assert drawn("{{ _('Edit %(name)s', name=name) }}", name="<b>") == "Edit &lt;b&gt;"


def test_a_page_that_does_not_exist_yet_has_no_address() -> None:
    assert url("no-such-app:list") == ""
    assert url("login") == "/login/"


def test_an_upper_app_gives_templates_a_function_by_its_path() -> None:
    register_global("name_for_test", "kernel.badges.tone_of")

    assert drawn("{{ name_for_test('won') }}") == "success"
    assert drawn("{{ registered('name_for_test', 'lost') }}") == "danger"
    assert drawn("{{ registered('not_there') is none }}") == "True"


def test_an_address_is_changed_in_one_respect() -> None:
    request = RequestFactory().get("/leads/?q=borg&page=1")

    assert with_query(request, page=2) == "/leads/?q=borg&page=2"
    assert with_query(request, page=None, q=None) == "/leads/"


def test_every_tone_has_its_shape_on_the_page() -> None:
    source = engines["jinja2"].get_template("components/shapes.svg").render({})

    assert all(f'id="shape-{tone}"' in source for tone in TONES)
    assert tone_of("a word nobody taught us") == "neutral"


def test_a_state_is_shape_word_and_color() -> None:
    html = drawn("{% from 'components/badge.html' import badge %}{{ badge('paid', 'Paid') }}")

    assert 'class="badge success"' in html
    assert "#shape-success" in html
    assert html.endswith("Paid</span>")


STEPS = (
    "{% from 'components/steps.html' import step_buttons with context %}"
    "{{ step_buttons(steps, '/q/1/', version=4) }}"
)


def test_an_open_step_is_a_form_with_token_and_version() -> None:
    html = drawn(STEPS, steps=[Step("activate", "Activate", primary=True)])

    assert 'action="/q/1/activate/"' in html
    assert "csrfmiddlewaretoken" in html
    assert 'name="version" value="4"' in html


def test_a_step_that_asks_is_a_link_to_its_page() -> None:
    html = drawn(STEPS, steps=[Step("revise", "Revise", asks=True)])

    assert '<a class="button primary" href="/q/1/revise/" data-dialog>' in html


def test_a_blocked_step_stays_reachable_and_says_why_without_posting() -> None:
    blocked = Step(
        "send", "Send", blockers=(Blocker("no_price", "one line has no price", fix_url="/q/1/edit/"),)
    )

    html = drawn(STEPS, steps=[blocked])

    assert 'aria-disabled="true"' in html
    assert "disabled>" not in html.replace('aria-disabled="true"', "")
    assert "one line has no price" in html
    assert 'href="/q/1/edit/"' in html
    assert "<form" not in html


def test_the_chain_marks_where_one_is_and_what_is_still_missing() -> None:
    blank = {
        "amount": None,
        "currency": "",
        "trouble": "",
        "children": [],
        "create_url": "",
        "current": False,
    }
    quote = {**blank, "label": "Quote", "ref": "QUO-1", "url": "/q/1/", "status": "won", "status_word": "Won"}
    nodes = [{**quote, "current": True}, {**blank, "label": "Order", "ref": "", "create_url": "/orders/new/"}]

    html = drawn("{% from 'components/chain.html' import chain_bar %}{{ chain_bar(nodes) }}", nodes=nodes)

    assert 'aria-label="Sales chain"' in html
    assert 'href="/q/1/" aria-current="step"' in html
    assert 'class="node missing"' in html
    assert 'href="/orders/new/"' in html
    assert "1 of 2 · Quote" in html


def test_the_timeline_tells_who_did_what_and_what_changed() -> None:
    entry = SimpleNamespace(
        pk=1, actor="Ada", verb="changed", at=timezone.now(), from_status="", to_status="", reason="", note="",
        changes={"expires_on": [None, "2026-01-01"]},
    )  # fmt: skip

    html = drawn(
        "{% from 'components/timeline.html' import timeline %}{{ timeline(entries) }}", entries=[entry]
    )

    assert "<strong>Ada</strong> changed" in html
    assert "Expires on: 2026-01-01" in html
