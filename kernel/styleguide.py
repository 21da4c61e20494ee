"""Every component on one page, with made-up data: here the look is designed and axe looks for faults."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from kernel.charts.samples import samples
from kernel.errors import Blocker, TransitionRefused
from kernel.http import HtmxRequest, page
from kernel.lifecycle import Step
from kernel.tables import Column, TablePage
from kernel.tables.counting import Count
from kernel.tables.page import Head, Link, Menu

NOW = dt.datetime(2025, 11, 25, 12, 4, tzinfo=dt.UTC)
NO_PRICE = Blocker("no_price", "one line has no price", record="QUO-2026-00311", fix_url="#lines")
NO_ADDRESS = Blocker(
    "no_address", "the customer has no delivery address", record="Borg GmbH", fix_url="#facts"
)


@dataclass
class SampleQuote:
    """A row that looks like a quote."""

    number: str
    name: str
    customer: str
    total: Decimal | None
    currency: str
    status: str
    label: str
    expires_on: dt.date | None

    def get_status_display(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return "/styleguide/"


def sample(
    number: int, name: str, customer: str, total: str, status: str, expires_on: dt.date | None
) -> SampleQuote:
    amount, currency = total.split() if " " in total else ("", total)
    return SampleQuote(
        f"QUO-2026-00{number}", name, customer, Decimal(amount) if amount else None, currency,
        status, status.capitalize(), expires_on,
    )  # fmt: skip


QUOTES = [
    sample(311, "CNC retrofit", "Borg GmbH", "27155.80 EUR", "active", dt.date(2025, 12, 25)),
    sample(
        310, "Line 4, spare parts and two years of service", "Acme", "90000 USD", "won", dt.date(2025, 12, 1)
    ),
    sample(309, "Packaging line", "東京包装株式会社", "4200000 JPY", "draft", None),
    sample(308, "Credit for late delivery", "Al Noor", "-1250.125 KWD", "lost", dt.date(2025, 11, 2)),
    sample(307, "Conveyor", "Ravi & Sons", "EUR", "closed", dt.date(2025, 10, 30)),
]
COLUMNS = (
    Column("number", "Number", main=True, sort=True),
    Column("name", "Name"),
    Column("customer", "Customer", sort=True),
    Column("total", "Total", kind="money", sort=True),
    Column("status", "Status", kind="badge"),
    Column("expires_on", "Valid until", kind="date", sort=True),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    topic = forms.CharField(label="Topic", help_text="What the customer is after, in a few words.")
    email = forms.EmailField(label="E-mail", required=False)
    source = forms.ChoiceField(
        label="Source", choices=[("", "Choose"), ("web", "Web"), ("fair", "Trade show")]
    )
    value = forms.DecimalField(label="Estimated value", required=False)
    closes_on = forms.DateField(
        label="Close date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    rating = forms.ChoiceField(
        label="Rating", widget=forms.RadioSelect, choices=[("hot", "Hot"), ("warm", "Warm"), ("cold", "Cold")]
    )
    need = forms.CharField(label="Need", widget=forms.Textarea, required=False)
    do_not_call = forms.BooleanField(label="Do not call", required=False)


def styleguide(request: HtmxRequest) -> HttpResponse:
    """The page; a POST shows what a message and a refusal look like."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    if request.method == "POST":
        if "refuse" in request.POST:
            raise TransitionRefused("QUO-2026-00311", [NO_PRICE, NO_ADDRESS], step="activate")
        messages.success(request, "Quote QUO-2026-00311 saved.")
        return redirect("styleguide")
    bad = SampleForm({"topic": "", "email": "ada@", "source": "web", "rating": "hot"})
    context = {
        "form": SampleForm(),
        "bad_form": bad,
        "quotes": quotes(QUOTES),
        **empty_lists(),
        **sample_record(),
    }
    return page(request, "styleguide.html", context)


def styleguide_dialog(request: HtmxRequest) -> HttpResponse:
    """A form that is a page and a dialog."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    form = SampleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Lead saved.")
        return redirect("styleguide")
    return page(request, "styleguide_dialog.html", {"form": form}, status=422 if form.errors else 200)


def quotes(rows: list[SampleQuote], *, search: str = "") -> TablePage:
    tabs = [Link("All", "?", True), Link("Draft", "?status=draft"), Link("Active", "?status=active")]
    return TablePage(
        title="Quotes", path="/styleguide/", columns=COLUMNS, rows=rows,
        heads=[
            Head(c.label, c.align, "?sort=x" if c.sort else "", "descending" if c.name == "number" else "")
            for c in COLUMNS
        ],
        search=search, searchable=True, size=50, counted=Count(len(rows)), next_url="?after=x",
        tabs=tabs, menus=[Menu("Owner", [Link("Any", "?"), Link("Me", "?owner=me", True)])],
        chips=[Link("Owner: Me", "?")], filtered=bool(search),
    )  # fmt: skip


def empty_lists() -> dict[str, TablePage]:
    return {"no_quotes": quotes([]), "no_result": quotes([], search="borgg")}


def sample_record() -> dict[str, Any]:
    steps = [
        Step("activate", "Activate", primary=True),
        Step("send", "Send", blockers=(NO_PRICE, NO_ADDRESS)),
        Step("revise", "Revise", asks=True),
        Step("close", "Close", asks=True, danger=True),
    ]

    def node(
        label: str, ref: str = "", status: str = "", amount: str | None = None, **more: Any
    ) -> dict[str, Any]:
        return {
            "label": label, "ref": ref, "url": "#", "status": status, "status_word": status.capitalize(),
            "amount": Decimal(amount) if amount else None, "currency": "EUR", "current": False, "create_url": "",
            "trouble": "", "children": [], **more,
        }  # fmt: skip

    older = node("Quote", "QUO-2026-00309", "closed", "26000")
    nodes = [
        node("Lead", "LEA-2026-00889", "qualified"),
        node("Opportunity", "OPP-2026-02041", "open", "48000"),
        node("Quote", "QUO-2026-00311", "active", "27155.80", current=True, children=[older]),
        node("Order", create_url="#"),
        node("Invoice"),
    ]
    blank = {"at": NOW, "from_status": "", "to_status": "", "reason": "", "note": "", "changes": {}}
    activated = {"from_status": "draft", "to_status": "active", "reason": "in_progress"}
    changed = {"note": "Agreed by phone.", "changes": {"expires_on": ["2025-11-28", "2025-12-25"]}}
    entries = [
        SimpleNamespace(**{**blank, "pk": 2, "actor": "Ada Long", "verb": "activated", **activated}),
        SimpleNamespace(**{**blank, "pk": 1, "actor": "ERP", "verb": "changed", **changed}),
    ]
    return {"steps": steps, "nodes": nodes, "entries": entries, "now": NOW}


def styleguide_charts(request: HtmxRequest) -> HttpResponse:
    """A picture of each kind."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return page(request, "styleguide_charts.html", {"charts": samples()})
