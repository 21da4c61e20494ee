"""The one page of the demo ERP: orders marching from accepted to paid, with a countdown and a few levers."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from demo_erp import clock, work
from demo_erp.api import Request
from demo_erp.control import Control
from demo_erp.intake import Refusal
from demo_erp.store import Document, Store, moment
from demo_erp.troubles import why_held

ASSETS = Path(__file__).parent / "assets"
KINDS = {".css": "text/css", ".js": "text/javascript"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self';"
    " img-src data:; frame-ancestors 'none'; base-uri 'none'"
)
PRESSED = ' aria-pressed="true"'
SPEEDS = (1, 2, 5, 15, 60)
SHOWN = 40


@dataclass(frozen=True)
class Page:
    """What a browser gets."""

    status: int
    body: bytes
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)


def answer(store: Store, control: Control, request: Request, is_own: bool) -> Page:
    """The page, its parts, or the effect of a button."""
    if request.path == "/" and request.method == "GET":
        return Page(
            200,
            _page(store).encode(),
            headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"},
        )
    if request.path == "/board" and request.method == "GET":
        return Page(200, _board(store).encode(), headers={"Cache-Control": "no-store"})
    if request.path in ("/demo_erp.css", "/demo_erp.js") and request.method == "GET":
        file = ASSETS / request.path[1:]
        return Page(200, file.read_bytes(), KINDS[file.suffix])
    if request.method == "POST" and is_own:
        return _press(store, control, request)
    return Page(404, b"Not here.", "text/plain")


def _press(store: Store, control: Control, request: Request) -> Page:
    form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    try:
        if request.path == "/step":
            control.do_advance({"order": form.get("order", "")})
        elif request.path == "/clock":
            control.do_clock(
                {"tick": float(form["tick"])} if "tick" in form else {"paused": form.get("paused") == "1"}
            )
        elif request.path == "/cancel":
            control.do_cancel({"order": form.get("order", "")})
    except (Refusal, ValueError) as error:
        return Page(409, escape(getattr(error, "message", str(error))).encode(), "text/plain")
    return Page(303, b"", headers={"Location": "/"})


def _page(store: Store) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo ERP</title>
<link rel="stylesheet" href="/demo_erp.css">
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="3"></noscript>
<script src="/demo_erp.js" defer></script>
</head>
<body>
<header>
<h1>Demo ERP</h1>
<p>The other company's system. Orders arrive from the CRM and are worked on by the clock, or by you.</p>
</header>
<main id="board">{_board(store)}</main>
</body>
</html>
"""


def _board(store: Store) -> str:
    rows = store.rows("SELECT body, next_at FROM orders ORDER BY id DESC LIMIT ?", SHOWN)
    orders = "".join(_order(store, *_loaded(row)) for row in rows)
    empty = '<p class="empty">No orders yet. Submit one in the CRM and watch it arrive here.</p>'
    return _levers(store) + (f'<ol class="orders">{orders}</ol>' if rows else empty)


def _loaded(row: sqlite3.Row) -> tuple[Document, str | None]:
    return json.loads(row["body"]), row["next_at"]


def _levers(store: Store) -> str:
    stands, pace = clock.paused(store), clock.pace(store)
    speeds = "".join(
        f'<button name="tick" value="{speed}"{PRESSED if pace == speed else ""}>{speed} s</button>'
        for speed in SPEEDS
    )
    return f"""<section class="levers" aria-label="Clock">
<form method="post" action="/clock"><button name="paused" value="{0 if stands else 1}">
{"Start the clock" if stands else "Pause the clock"}</button></form>
<form method="post" action="/clock"><span>One step every</span> {speeds}</form>
<form method="post" action="/step"><button>Next step for all, now</button></form>
<time datetime="{moment(datetime.now(UTC))}">{datetime.now(UTC):%H:%M:%S} UTC</time>
</section>"""


def _order(store: Store, order: Document, due: str | None) -> str:
    stage = str(order["stage"])
    reached = work.STAGES.index(stage) if stage in work.STAGES else -1
    steps = "".join(
        f'<li class="{"now" if i == reached else "done" if i < reached else "later"}"'
        f"{' aria-current=step' if i == reached else ''}>{name}</li>"
        for i, name in enumerate(work.STAGES)
    )
    track = f'<ol class="track">{steps}</ol>' if reached >= 0 else '<p class="canceled">Canceled</p>'
    return f"""<li class="order"><div class="head">
<strong>{escape(order["number"])}</strong> <span class="key">{escape(order["external_id"])}</span>
<span class="customer">{escape(order["customer"]["name"])}</span>
<span class="money">{_figure(order["totals"]["gross"])} {escape(order["currency"])}</span></div>
{track}<div class="foot"><span>{escape(_facts(store, order))}</span>{_next(store, order, due)}</div></li>"""


def _facts(store: Store, order: Document) -> str:
    count = len(order["lines"])
    facts = ["1 line" if count == 1 else f"{count} lines"]
    if order["shipments"]:
        last = order["shipments"][-1]
        facts.append(f"{last['carrier']} {last['tracking']}")
    for key in order["invoice_ids"]:
        invoice = store.document("invoices", int(key)) or {}
        facts.append(
            f"{invoice['number']}: paid {_figure(invoice['paid'])}, open {_figure(invoice['balance'])}"
        )
    asked = order["requested_totals"].get("gross")
    if reason := why_held(order):
        facts.append(f"waits: {reason}")
    if asked is not None and Decimal(asked) != Decimal(order["totals"]["gross"]):
        facts.append(f"the CRM said {_figure(asked)}")
    return " · ".join(facts)


def _figure(amount: str) -> str:
    """An amount for people: grouped, with two decimals or those it needs."""
    exact = Decimal(amount)
    return f"{exact:,.2f}" if exact == round(exact, 2) else f"{exact:,}"


def _next(store: Store, order: Document, due: str | None) -> str:
    if order["stage"] not in work.STEPS:
        return ""
    field_ = f'<input type="hidden" name="order" value="{order["id"]}">'
    cancel = f'<form method="post" action="/cancel">{field_}<button class="quiet">Cancel</button></form>'
    wait = ""
    if due and not clock.paused(store):
        seconds = max(0, round((datetime.fromisoformat(due) - datetime.now(UTC)).total_seconds()))
        wait = f'<span class="wait">next step in {seconds} s</span>'
    can_cancel = order["stage"] in ("accepted", "picking")
    step = f'<form method="post" action="/step">{field_}<button>Next step now</button></form>'
    return f'<span class="next">{wait}{cancel if can_cancel else ""}{step}</span>'
