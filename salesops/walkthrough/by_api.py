"""The steps taken on an installation that runs somewhere, over its API, as any other program would."""

import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from salesops.walkthrough.report import Seen
from salesops.walkthrough.script import CUSTOMER_PO, ESTIMATE, FREIGHT, FREIGHT_TAX, LEAD, Offer, Sold
from salesops.walkthrough.story import Stuck

Json = Mapping[str, Any]


class ByApi:
    """A salesperson who signs in for this one story; the ERP behind the installation works at its own pace."""

    steps_the_erp = False

    def __init__(self, address: str, *, user: str, password: str) -> None:
        self.client = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1/", timeout=30, trust_env=False)
        asked = {"username": user, "password": password, "name": "walkthrough"}
        self.token = self.ask("POST", "token/", asked)
        self.client.headers["Authorization"] = f"Bearer {self.token['token']}"
        self.lead: Json = {}
        self.deal: Json = {}
        self.draft: Json = {}
        self.placed: Json = {}

    def close(self) -> None:
        """Give the token back."""
        self.ask("DELETE", f"token/{self.token['id']}/")
        self.client.close()

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        """One request; what is refused ends the story with the installation's own words."""
        try:
            answer = self.client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Stuck(f"{method} {self.client.base_url}{path}: {error}") from error
        if answer.is_error:
            told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            detail = told.get("detail") or answer.reason_phrase
            fields = "".join(f"; {one['field']}: {one['message']}" for one in told.get("errors", ()))
            raise Stuck(
                f"{method} {self.client.base_url}{path} answers {answer.status_code}: {detail}{fields}"
            )
        return answer.json() if answer.content else {}

    def step(self, kind: str, record: Json, verb: str, **body: Any) -> Any:
        """POST one step of a record."""
        return self.ask("POST", f"{kind}/{record['id']}/{verb}/", body)

    def again(self, kind: str, record: Json) -> Any:
        """The record as it is now."""
        return self.ask("GET", f"{kind}/{record['id']}/")

    def note_lead(self) -> Seen:
        # Somebody may have walked here before: same person, another time.
        email = LEAD["email"].replace("@", f".{time.time_ns() // 1_000_000}@")
        self.lead = self.ask("POST", "leads/", {**LEAD, "email": email, "estimated_value": str(ESTIMATE)})
        return seen(self.lead)

    def contact(self) -> Seen:
        self.lead = self.step("leads", self.lead, "contact")
        return seen(self.lead)

    def qualify(self) -> tuple[Seen, Seen]:
        self.lead = self.step(
            "leads", self.lead, "qualify", reason="Every walkthrough makes its own customer"
        )
        self.deal = self.ask("GET", f"opportunities/{self.lead['opportunities'][0]}/")
        return seen(self.lead), seen(self.deal, estimate=plain(self.deal["estimated_revenue"]))

    def quote(self) -> Seen:
        self.draft = self.step("opportunities", self.deal, "quote")
        return document(self.draft, revision=self.draft["revision"])

    def set_offer(self, offer: Offer) -> Seen:
        body = {
            "discount_percent": offer.percent,
            "freight": FREIGHT,
            "freight_tax_code": FREIGHT_TAX,
            "lines": [wanted(line) for line in offer.lines],
        }
        self.draft = self.ask("PATCH", f"quotes/{self.draft['id']}/", body)
        return document(self.draft, revision=self.draft["revision"])

    def activate(self) -> Seen:
        self.draft = self.step("quotes", self.draft, "activate")
        return document(self.draft)

    def send(self) -> Seen:
        self.draft = self.step("quotes", self.draft, "send")
        return document(self.draft)

    def revise(self) -> tuple[Seen, Seen]:
        old, self.draft = self.draft, self.step("quotes", self.draft, "revise")
        old = self.again("quotes", old)
        return document(old, revision=old["revision"]), document(self.draft, revision=self.draft["revision"])

    def accept(self) -> tuple[Seen, Seen, Seen]:
        self.placed = self.step("quotes", self.draft, "accept", customer_po=CUSTOMER_PO)
        self.draft, self.deal = self.again("quotes", self.draft), self.again("opportunities", self.deal)
        deal = seen(self.deal, revenue=plain(self.deal["actual_revenue"]))
        return document(self.draft), deal, self.order()

    def submit(self) -> Seen:
        self.placed = self.step("orders", self.placed, "submit")
        return document(self.placed)

    def order(self) -> Seen:
        order = self.placed = self.again("orders", self.placed)
        erp = {name: plain(order[name]) for name in ("erp_net", "erp_tax", "erp_total")}
        return document(
            order, erp_number=order["erp_number"], fulfillment=order["fulfillment"], billing=order["billing"],
            shipped=quantities(order["lines"], "quantity_shipped"),
            invoiced=quantities(order["lines"], "quantity_invoiced"), **erp,
        )  # fmt: skip

    def invoice(self) -> Seen | None:
        found = self.ask("GET", f"invoices/?order={self.placed['id']}")["results"]
        if not found:
            return None
        invoice = self.again("invoices", found[0])
        return document(
            invoice, is_pulled=invoice["is_pulled"], balance=plain(invoice["balance"]),
            paid=plain(invoice["amount_paid"]), payments=len(invoice["allocations"]),
        )  # fmt: skip

    def let_the_erp(self, stage: str) -> None:
        """It has a clock of its own."""

    def look_again(self) -> None:
        """It reads by itself; a little patience spares it questions."""
        time.sleep(0.3)


def wanted(line: Sold) -> dict[str, str]:
    """A line as the API takes it: a product at its listed price, or what was written in at its own."""
    said = {"product": line.code} if line.code else {"description": line.words, "unit_price": line.price}
    discounts = {"discount_percent": line.percent, "discount_amount": line.amount}
    given = {name: value for name, value in discounts.items() if value}
    return {"quantity": line.quantity, "tax_code": line.tax, **said, **given}


def seen(record: Json, **facts: Any) -> Seen:
    """What the story checks of a record."""
    revision = f"-r{record['revision']}" if record.get("revision") else ""
    return Seen(f"{record['number'] or ''}{revision}", record["status"], record["status_reason"], facts)


def document(record: Json, **facts: Any) -> Seen:
    """The same of a document with lines and sums."""
    lines = tuple((plain(line["net"]), plain(line["tax"])) for line in record["lines"])
    net = Decimal(record["pre_freight_amount"]) + Decimal(record["freight"])
    sums = {"net": plain(net), "tax": plain(record["total_tax"]), "total": plain(record["total"])}
    return seen(record, discount=plain(record["header_discount_amount"]), lines=lines, **sums, **facts)


def plain(amount: str | Decimal | None) -> Decimal | None:
    """An amount with two places; one with more stays as it is, so that it is found wrong."""
    if amount is None:
        return None
    exact = Decimal(amount).normalize()
    short = round(exact, 2)
    return short if short == exact else exact


def quantities(lines: Iterable[Json], name: str) -> tuple[Decimal, ...]:
    """One quantity of every line."""
    return tuple(Decimal(line[name]).normalize() + 0 for line in lines)
