"""A year of selling at Nordlicht Machines: leads, deals, quotes, orders and invoices, done by the people themselves."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from activities.actions import create_activity
from catalog.lines import LineChange
from catalog.models import Product, TaxCode
from customers.models import Account
from invoices.actions import confirm_invoice, credit_invoice, invoice_from_order, record_payment
from invoices.models import Invoice
from leads.actions import contact_lead, create_lead, disqualify_lead
from leads.models import Lead
from opportunities.actions import create_opportunity, hold_opportunity, move_opportunity, qualify_lead
from opportunities.models import LossReason, Opportunity, Stage
from orders.actions import (
    Delivery,
    accept_quote,
    cancel_order,
    fulfill_order,
    submit_order,
)
from orders.models import Order
from people.models import User
from quotes.actions import (
    activate_quote,
    change_quote,
    lose_opportunity,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from quotes.models import Quote
from salesops.demo.customers import FIRST, JOBS, LAST
from salesops.demo.goods import SPECIAL
from salesops.demo.past import happened

TOPICS = ["Retrofit of a milling line", "Replacement spindle", "New machining center", "Tooling for 2027",
          "Service contract", "Training for five operators", "Spare parts stock", "Automation of loading",
          "Second source for drives", "Coolant supply", "Upgrade to five axes", "Calibration round"]  # fmt: skip
PROSPECTS = ["Alpen Zahnrad", "Brandt Kessel", "Ceramtec Sud", "Dorn Werkzeug", "Eifel Pressen", "Fabrik Nord", "Gotthard Rail",
             "Huber Guss", "Isar Sensorik", "Jura Montres", "Kiefer Holzbau", "Linde Kran", "Mosel Fass", "Neckar Lasertechnik",
             "Odenwald Optik", "Passau Prüftechnik", "Quelle Pumpen", "Rhön Kunststoff", "Spree Drucker", "Taunus Treppen",
             "Uckermark Agrar", "Vogtland Musik", "Weser Ventile", "Xanten Ziegel", "Ybbs Kraftwerk", "Zollern Stahl"]  # fmt: skip
PAST = 38  # so many deals are closed; the others are of today
TOWNS = ["Bern", "Graz", "Ulm", "Mainz", "Kassel"]
NOTES = ["Spoke about delivery times; wants a visit.", "Budget is released in the new year.", "Compares us with two others.",
         "Asked for references in medical engineering.", "Happy with the last delivery."]  # fmt: skip


class Year:
    """The year as it is told: who acts, what is sold, and chance, which is the same on every machine."""

    def __init__(self, people: dict[str, User], products: list[Product], accounts: list[Account]) -> None:
        self.people, self.accounts = people, accounts
        self.products = {product.sku: product for product in products}
        self.ordinary = [product for product in products if product.sku not in SPECIAL]
        self.reps = [people["ada"], people["ben"], people["chloe"]]
        self.chance = Random(2026)
        self.stages = list(Stage.objects.filter(pipeline__is_default=True))
        self.standard = TaxCode.objects.get(code="standard")

    def leads(self) -> None:
        """A hundred and twenty leads: new, contacted, qualified, disqualified."""
        for number in range(120):
            rep = self.reps[number % 3]
            lead = self.lead(number, rep)
            days = 1 + (119 - number) * 4 // 3  # they came one after the other, the last one yesterday
            happened(lead, days_ago=days)
            if number % 4 == 1:
                happened(contact_lead(lead, by=rep), days_ago=days - 1, verbs=["contacted"])
                self.next_call(lead, rep)
            elif number % 7 == 2:
                made = qualify_lead(contact_lead(lead, by=rep), by=rep)
                happened(made.lead, days_ago=max(days - 3, 0), verbs=["contacted", "qualified"])
                made.lead.qualifications.update(at=timezone.now() - dt.timedelta(days=max(days - 3, 0)))
                if made.opportunity:
                    self.go_on(made.opportunity, number, rep, age=max(days - 3, 0))
            elif number % 6 == 3:
                reason = self.chance.choice(["lost", "cannot_contact", "no_longer_interested", "canceled"])
                disqualify_lead(lead, by=rep, reason=reason)

    def next_call(self, lead: Lead, rep: User) -> None:
        """What is to be done next with a lead that somebody spoke to."""
        due = timezone.now() + dt.timedelta(days=self.chance.randint(-1, 9), hours=self.chance.randint(0, 6))
        subject = self.chance.choice(["Call back", "Send the brochure", "Agree on a visit"])
        create_activity(by=rep, regarding=lead, kind="call", subject=subject, due_at=due)

    def go_on(self, deal: Opportunity, number: int, rep: User, *, age: int) -> None:
        """Some of the deals that came from leads are already further on."""
        stage = self.stages[number // 7 % 3]
        if stage != deal.stage:
            deal = move_opportunity(deal, by=rep, stage=stage)
        happened(deal, days_ago=age)

    def lead(self, number: int, rep: User) -> Lead:
        first, last = self.chance.choice(FIRST), self.chance.choice(LAST)
        company = f"{PROSPECTS[number % len(PROSPECTS)]} {TOWNS[number // len(PROSPECTS)]}"
        plain = "".join(c for c in last.lower() if c.isascii())
        return create_lead(
            by=rep, topic=TOPICS[number % len(TOPICS)], first_name=first, last_name=last, company=company,
            job_title=self.chance.choice(JOBS), email=f"{plain}@{company.split()[0].lower()}{number}.example",
            phone=f"+49 40 7{number:03} {self.chance.randint(10, 99)}", city="Hamburg", country="DE",
            source=self.chance.choice(Lead.Source.values), rating=self.chance.choice(Lead.Rating.values),
            estimated_value=Decimal(self.chance.randint(2, 80) * 500), need="Wants an offer within the month.",
            **self.how_likely(number),
        )  # fmt: skip

    def how_likely(self, number: int) -> dict[str, Any]:
        """Some leads say more than others, so that their scores differ."""
        said: dict[str, Any] = {}
        if number % 5 == 0:
            said |= {"decision_maker": True, "budget_status": "can_buy"}
        if number % 3 == 0:
            said["timeframe"] = ["immediate", "this_quarter", "next_quarter", "this_year"][number // 3 % 4]
        if number % 4 == 0:
            said |= {
                "budget_amount": Decimal(2000 + number * 250),
                "website": f"www.prospect{number}.example",
            }
        return said

    def deals(self) -> list[Opportunity]:
        """Sixty-seven deals of known customers, in every stage; those of the leads come on top."""
        made = []
        for number in range(PAST + 29):
            account = self.accounts[number % len(self.accounts)]
            rep = account.owner or self.reps[0]
            deal = create_opportunity(
                by=rep, name=f"{TOPICS[number % len(TOPICS)]}, {account.name}", account=account,
                contact=account.contacts.first(), estimated_revenue=Decimal(self.chance.randint(4, 120) * 250),
                estimated_close_on=timezone.localdate() + dt.timedelta(days=self.chance.randint(-10, 120)),
                next_step=self.chance.choice(["Call", "Send samples", "Visit", "Clarify terms", ""]),
                next_step_on=timezone.localdate() + dt.timedelta(days=self.chance.randint(-3, 14)),
            )  # fmt: skip
            happened(deal, days_ago=max(250 - 5 * number, 1))
            stage = self.stages[number % 4 if number >= PAST else 2 + number % 2]
            if stage != deal.stage:
                deal = move_opportunity(deal, by=rep, stage=stage)
            if number % 5 == 0:
                create_activity(
                    by=rep, regarding=deal, kind="note", subject="Call", body=self.chance.choice(NOTES)
                )
            if number % 3 == 0 and number >= PAST:
                due = timezone.now() + dt.timedelta(days=self.chance.randint(-2, 6))
                create_activity(
                    by=rep, regarding=deal, kind="call", subject=f"Call {account.name}", due_at=due
                )
            made.append(deal)
        hold_opportunity(made[-1], by=made[-1].owner or self.reps[0])
        return made

    def some_lines(self, count: int, special: Sequence[Product] = ()) -> list[LineChange]:
        """A basket as customers fill it: machines, tools, services, now and then a line in our own words."""
        goods = [*special, *self.chance.sample(self.ordinary, count)]
        lines = []
        for product in goods:
            quantity = Decimal(self.chance.choice([1, 1, 2, 3, 5, 12]))
            discount = self.chance.choice([None, None, None, Decimal(3), Decimal(5), Decimal("7.5")])
            lines.append(LineChange(product=product, quantity=quantity, discount_percent=discount))
        if self.chance.random() < 0.4:
            lines.append(
                LineChange(
                    description="Packing and insurance", unit_price=Decimal("85.00"), tax_code=self.standard
                )
            )
        return lines

    def offer(self, deal: Opportunity, *, age: int, special: Sequence[str] = (), **terms: Any) -> Quote:
        """A draft for the deal, made so many days ago, with certain products if need be."""
        by = deal.owner
        assert by is not None
        expires = timezone.localdate() + dt.timedelta(days=max(45 - age, 20))
        quote = quote_from_opportunity(deal, by=by, **{"expires_on": expires} | terms)
        basket = self.some_lines(self.chance.randint(2, 5), [self.products[sku] for sku in special])
        quote = set_quote_lines(quote, basket, by=by)
        happened(quote, days_ago=age)
        # What one hoped for lies near what is offered.
        hoped = quote.net_amount * [Decimal("0.9"), Decimal(1), Decimal("1.15")][deal.pk % 3]
        rounded = max((hoped / 50).quantize(Decimal(1)), Decimal(1)) * 50
        Opportunity.objects.filter(pk=deal.pk).update(estimated_revenue=rounded)
        return quote

    def close_some(self, deals: list[Opportunity]) -> None:
        """The past: deals lost, deals won, delivered and billed, before the ERP was connected."""
        for number, deal in enumerate(deals):
            age = 210 - 5 * number
            by = deal.owner
            assert by is not None
            if number % 3 == 2:
                self.lose(deal, age=age, by=by)
                continue
            quote = send_quote(activate_quote(self.offer(deal, age=age), by=by), by=by)
            if number % 4 == 1:
                draft = revise_quote(quote, by=by)
                draft = change_quote(draft, by=by, discount_percent=Decimal(2))
                quote = send_quote(activate_quote(draft, by=by), by=by)
            order = accept_quote(quote, by=by, customer_po=f"PO-{4400 + number}")
            for record, days in ((quote, age), (order, age - 6)):
                happened(record, days_ago=days)
            Order.objects.filter(pk=order.pk).update(ordered_on=ago(age - 6))
            Opportunity.objects.filter(pk=deal.pk).update(closed_on=ago(age - 6))
            self.fulfill_and_bill(order, number, age - 8)

    def lose(self, deal: Opportunity, *, age: int, by: User) -> None:
        if self.chance.random() < 0.6:
            activate_quote(self.offer(deal, age=age), by=by)
        reason = self.chance.choice(list(LossReason.objects.all()))
        lose_opportunity(
            deal, by=by, reason=reason.status_reason, loss_reason=reason, note="Decided for another offer.",
            competitor=self.chance.choice(["Kugelfisch Tools", "Hanse Drehtechnik", ""]), closed_on=ago(age - 5),
        )  # fmt: skip
        happened(deal, days_ago=age - 5, verbs=["lost"])

    def fulfill_and_bill(self, order: Order, number: int, age: int) -> None:
        """Deliver, invoice and collect; every ageing bucket gets its share, some orders are still on their way."""
        manager, finance = self.people["mei"], self.people["frank"]
        if number in {9, 22}:
            cancel_order(order, by=manager, reason="customer_request", note="Project stopped.")
            return
        order = submit_order(order, by=manager)
        happened(order, days_ago=age, verbs=["submitted"])
        lines = {line.key: line.quantity for line in order.lines.all()}
        if number in {27, 30}:
            lines = dict(list(lines.items())[:1])
        order = fulfill_order(
            order, by=manager,
            delivery=Delivery(f"DN-{1000 + number}", lines, "DHL", f"0034 {5500 + number}", ago(age - 3)),
        )  # fmt: skip
        happened(order, days_ago=age - 3, verbs=["fulfilled"])
        if number in {33, 34}:
            return
        if order.payment_terms and order.payment_terms.invoicing == "when_fulfilled":
            Order.objects.filter(pk=order.pk).update(promised_delivery_on=ago(age - 3))
        invoice = confirm_invoice(invoice_from_order(order, by=finance), by=finance, issued_on=ago(age - 4))
        happened(invoice, days_ago=age - 4)
        self.collect(invoice, number, age, finance)

    def collect(self, invoice: Invoice, number: int, age: int, finance: User) -> None:
        """Most pay, some in part, some late, one gets a credit."""
        if number % 7 == 3:
            part = (invoice.total / 3).quantize(Decimal("1"))
            record_payment(invoice, by=finance, amount=part, received_on=ago(max(age - 20, 0)), method="Bank")
        elif number == 12:
            credit_invoice(invoice, by=finance, note="Goods returned")
        elif number % 5 != 4 and number < 24:
            received = ago(max(age - 25, 0))
            record_payment(invoice, by=finance, amount=invoice.total, received_on=received, method="Bank")


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)
