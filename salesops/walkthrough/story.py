"""The sale itself: who does what in which order, and what must be seen afterwards."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from salesops.walkthrough.report import Report, Seen
from salesops.walkthrough.script import (
    ESTIMATE,
    FIRST_DELIVERY,
    FIRST_OFFER,
    SECOND_OFFER,
    Offer,
    Worked,
    worked_out,
)

PATIENCE = 60.0


class Stuck(Exception):
    """What was waited for did not come, or a step was refused; the story cannot go on."""


class Hands(Protocol):
    """Somebody who takes the steps: on records of this process, or on an installation over its API.

    Each step answers with the record as it is afterwards. Amounts are Decimals of two places.
    """

    steps_the_erp: bool

    def note_lead(self) -> Seen: ...
    def contact(self) -> Seen: ...
    def qualify(self) -> tuple[Seen, Seen]: ...
    def quote(self) -> Seen: ...
    def set_offer(self, offer: Offer) -> Seen: ...
    def activate(self) -> Seen: ...
    def send(self) -> Seen: ...
    def revise(self) -> tuple[Seen, Seen]: ...
    def accept(self) -> tuple[Seen, Seen, Seen]: ...
    def submit(self) -> Seen: ...
    def order(self) -> Seen: ...
    def invoice(self) -> Seen | None: ...
    def let_the_erp(self, stage: str) -> None:
        """Bring the order to a stage in the ERP, or, where it has a clock of its own, do nothing."""

    def look_again(self) -> None:
        """Ask the product to read from the ERP, if it does not do so by itself soon enough."""


@dataclass
class Story:
    """One lead, all the way."""

    hands: Hands
    report: Report

    def tell(self) -> None:
        """Every step in order; raises Stuck where it cannot go on."""
        self.win_the_customer()
        self.make_the_offer()
        agreed = self.agree()
        self.place_the_order(agreed)
        self.deliver(agreed)
        self.collect(agreed)

    def win_the_customer(self) -> None:
        self.report.step("lead noted", self.hands.note_lead(), "open / new")
        self.report.step("lead contacted", self.hands.contact(), "open / contacted")
        lead, deal = self.hands.qualify()
        self.report.step("lead qualified", lead, "qualified / qualified")
        self.report.step(
            "opportunity opened", deal, "open / in_progress", shown="estimate", estimate=ESTIMATE
        )

    def make_the_offer(self) -> None:
        self.report.step("quote made", self.hands.quote(), "draft / in_progress", revision=0)
        worked = worked_out(FIRST_OFFER)
        draft = self.hands.set_offer(FIRST_OFFER)
        self.report.step("five lines entered", draft, "draft / in_progress", shown="total", **figures(worked))
        self.lines(FIRST_OFFER, worked)
        self.report.step(
            "quote activated", self.hands.activate(), "active / in_progress", shown="total", **sums(worked)
        )
        self.report.step("quote sent", self.hands.send(), "active / open", shown="total", **sums(worked))

    def agree(self) -> Worked:
        """The customer wants it otherwise, then says yes."""
        old, draft = self.hands.revise()
        before, agreed = worked_out(FIRST_OFFER), worked_out(SECOND_OFFER)
        self.report.step("quote revised", old, "closed / revised", shown="total", revision=0, **sums(before))
        self.report.step(
            "next revision", draft, "draft / in_progress", shown="total", revision=1, **figures(before)
        )
        draft = self.hands.set_offer(SECOND_OFFER)
        self.report.step("changed as asked", draft, "draft / in_progress", shown="total", **figures(agreed))
        self.lines(SECOND_OFFER, agreed)
        self.report.step(
            "revision activated", self.hands.activate(), "active / in_progress", shown="total", **sums(agreed)
        )
        self.report.step("revision sent", self.hands.send(), "active / open", shown="total", **sums(agreed))
        quote, deal, order = self.hands.accept()
        self.report.step("quote accepted", quote, "won / won", shown="total", **sums(agreed))
        self.report.step("opportunity won", deal, "won / won", shown="revenue", revenue=agreed.sums.net)
        self.report.step("order placed", order, "active / new", shown="total", **figures(agreed))
        return agreed

    def place_the_order(self, agreed: Worked) -> None:
        order = self.hands.submit()
        self.report.step("order submitted", order, "submitted / in_progress", shown="total", **sums(agreed))
        order = self.wait("the ERP's number", self.hands.order, lambda seen: bool(seen.facts["erp_number"]))
        self.report.say(f"{'':>8}  in the ERP it is {order.facts['erp_number']}")
        totals = {"erp_net": agreed.sums.net, "erp_tax": agreed.sums.tax, "erp_total": agreed.sums.total}
        # On a clock of its own the ERP may be shipping already.
        state = "submitted / in_progress" if self.hands.steps_the_erp else order.state
        self.report.step("accepted by the ERP", order, state, shown="erp_total", **totals)

    def deliver(self, agreed: Worked) -> None:
        if self.hands.steps_the_erp:
            self.hands.let_the_erp("partly shipped")
            order = self.wait(
                "the first delivery", self.hands.order, lambda seen: seen.facts["fulfillment"] != "none"
            )
            shipped = tuple(Decimal(quantity) for quantity in FIRST_DELIVERY)
            self.report.step(
                "partly delivered", order, "fulfilled / partial", fulfillment="partial", shipped=shipped
            )
        self.hands.let_the_erp("shipped")
        order = self.wait(
            "the rest of the goods", self.hands.order, lambda seen: seen.facts["fulfillment"] == "complete"
        )
        state = "fulfilled / complete" if self.hands.steps_the_erp else order.state
        self.report.step("delivered", order, state, shown="total", shipped=ordered(), **sums(agreed))

    def collect(self, agreed: Worked) -> None:
        """The ERP's invoice comes home read-only, is paid in two parts, and ends the story."""
        whole = agreed.sums.total
        self.hands.let_the_erp("invoiced")
        invoice = self.wait("the invoice", self.hands.invoice, lambda seen: seen is not None)
        billed = sums(agreed) | {"is_pulled": True}
        if self.hands.steps_the_erp:
            self.report.step(
                "invoice pulled", invoice, "active / billed", shown="total", balance=whole, **billed
            )
            self.hands.let_the_erp("partly paid")
            invoice = self.wait("the first payment", self.hands.invoice, lambda seen: seen.facts["paid"] > 0)
            half = {"paid": whole / 2, "balance": whole / 2}
            self.report.step("half of it paid", invoice, "paid / partial", shown="paid", **half)
        else:
            self.report.step("invoice pulled", invoice, invoice.state, shown="total", **billed)
        self.hands.let_the_erp("paid")
        invoice = self.wait("the last payment", self.hands.invoice, lambda seen: seen.facts["balance"] == 0)
        settled = {"paid": whole, "balance": Decimal("0.00"), "payments": 2}
        self.report.step("invoice paid", invoice, "paid / complete", shown="paid", **settled)
        order = self.wait("the order to be closed", self.hands.order, lambda seen: seen.status == "invoiced")
        ends = {"billing": "complete", "fulfillment": "complete", "shipped": ordered(), "invoiced": ordered()}
        self.report.step(
            "order invoiced", order, "invoiced / invoiced", shown="total", **ends, **sums(agreed)
        )

    def lines(self, offer: Offer, worked: Worked) -> None:
        """The five lines, so that a reader can follow the sums."""
        for line, (net, tax) in zip(offer.lines, worked.lines, strict=True):
            off = f"{line.percent} % off" if line.percent else f"{line.amount} off" if line.amount else ""
            off = f"{line.off_each} off each" if line.off_each else off
            words = f"{line.quantity:>5} × {line.code or line.words:<22} at {line.price:>8}  {off:<16}"
            self.report.say(f"{'':>8}    {words} net {net:>10,.2f}  tax {tax:>9,.2f}")

    def wait(self, what: str, look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
        """Look until it holds; says what it waits for once that takes a while."""
        began, told = time.monotonic(), False
        while not holds(seen := look()):
            waited = time.monotonic() - began
            if waited > PATIENCE:
                raise Stuck(f"{what} did not come within {PATIENCE:.0f} seconds")
            if waited > 1 and not told:
                self.report.say(f"{'':>8}  waiting for {what}")
                told = True
            self.hands.look_again()
            time.sleep(0.2)
        return seen


def sums(worked: Worked) -> dict[str, Decimal]:
    """The three sums every document of the chain carries."""
    return {"net": worked.sums.net, "tax": worked.sums.tax, "total": worked.sums.total}


def figures(worked: Worked) -> dict[str, Any]:
    """The sums and the figures of every line."""
    return {**sums(worked), "discount": worked.discount, "lines": worked.lines}


def ordered() -> tuple[Decimal, ...]:
    """The quantities agreed on."""
    return tuple(Decimal(line.quantity) for line in SECOND_OFFER.lines)
