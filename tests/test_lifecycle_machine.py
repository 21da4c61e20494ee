"""Everybody does anything in any order: whatever comes of it, books and states agree."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from activities.models import Activity
from catalog.lines import LineChange
from invoices.actions import (
    allocate_payment,
    cancel_invoice,
    confirm_invoice,
    credit_invoice,
    invoice_from_order,
    record_payment,
)
from invoices.models import Invoice, Payment
from kernel.errors import DomainError
from kernel.models import HistoryEntry
from opportunities.actions import reopen_opportunity
from opportunities.models import Opportunity
from orders.actions import (
    Delivery,
    accept_quote,
    cancel_order,
    fulfill_order,
    hold_order,
    lock_order,
    record_fulfillment,
    resume_order,
    submit_order,
    unlock_order,
    win_opportunity,
)
from orders.models import Order
from people.removing import remove_record
from quotes.actions import (
    activate_quote,
    close_quote,
    copy_quote,
    lose_opportunity,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from quotes.models import Quote
from reports.books import verify
from tests.factories import (
    AccountFactory,
    OpportunityFactory,
    PaymentTermsFactory,
    PriceListFactory,
    TaxCodeFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
# The seller owns the deal, the stranger works elsewhere; being tried more often keeps the story going.
who = st.sampled_from(["seller", "manager", "finance", "boss", "boss", "boss", "machine", "stranger"])
which = st.integers(0, 30)
parts = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.333"), Decimal("0.01")])


class Company(RuleBasedStateMachine):
    """A deal, the people around it and all that becomes of it; nothing survives the example."""

    people: dict[str, object]
    deal: Opportunity

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.done = Counter()
        self.links = {}
        self.notes = 0

    def teardown(self):
        found = [
            str(finding) for finding in verify() if finding.code != "no_history"
        ]  # the deal is a factory's
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        assert not found, found

    def attempt(self, name, by, act):
        """Act as that person; a refusal leaves no trace, and strangers never get anywhere."""
        before = HistoryEntry.objects.count()
        try:
            act(self.people[by])
        except (DomainError, PermissionDenied):
            assert HistoryEntry.objects.count() == before
        else:
            assert by != "stranger", f"a stranger could {name}"
            self.done[name] += 1

    def one(self, model, number, **where):
        found = list(model.objects.filter(**where).order_by("pk"))
        return found[number % len(found)] if found else None

    # --- offering ------------------------------------------------------------------

    @initialize(far=st.sampled_from([0, 1, 2, 3, 3, 3, 4, 4, 4, 4]), count=st.integers(1, 3))
    def something_happened_before(self, far, count):
        """Most stories start in the middle, so that their ends are reached as well."""
        boss = self.people["boss"]
        steps = [
            lambda: self.make_offer(boss, "33.33", count, Decimal("9.99")),
            lambda: accept_quote(Quote.objects.get(), by=boss, wins=False),
            lambda: submit_order(Order.objects.get(), by=boss),
            lambda: confirm_invoice(invoice_from_order(Order.objects.get(), by=boss), by=boss),
        ]
        for step in steps[:far]:
            step()

    def make_offer(self, user, price, count, freight):
        quote = quote_from_opportunity(self.deal, by=user, freight=freight, discount_percent=Decimal(count))
        tax = TaxCodeFactory(rate=19)
        lines = [
            LineChange(
                description=f"Item {n}", quantity=Decimal(n + 1), unit_price=Decimal(price), tax_code=tax
            )
            for n in range(count)
        ]
        activate_quote(set_quote_lines(quote, lines, by=user), by=user)

    @rule(by=who, price=st.sampled_from(["100", "33.33", "0.01"]), count=st.integers(1, 3))
    def offer(self, by, price, count):
        def act(user):
            self.make_offer(user, price, count, ZERO)

        self.attempt("offer", by, act)

    @rule(
        by=who,
        n=which,
        step=st.sampled_from(["activate", "send", "revise", "lose", "copy", "delete", "rewrite"]),
    )
    def work_on_a_quote(self, by, n, step):
        quote = self.one(Quote, n)
        steps = {
            "activate": lambda user: activate_quote(quote, by=user),
            "send": lambda user: send_quote(quote, by=user),
            "revise": lambda user: revise_quote(quote, by=user),
            "lose": lambda user: close_quote(quote, by=user, reason="lost"),
            "copy": lambda user: copy_quote(quote, by=user),
            "delete": lambda user: remove_record(quote, by=user),
            "rewrite": lambda user: set_quote_lines(quote, lambda there: [], by=user),
        }
        if quote:
            self.attempt(step, by, steps[step])

    @rule(by=who, n=which, wins=st.booleans())
    def accept(self, by, n, wins):
        if quote := self.one(Quote, n, status="active"):
            self.attempt("accept", by, lambda user: accept_quote(quote, by=user, wins=wins))

    @rule(
        by=who, n=which,
        step=st.sampled_from(["win", "win with", "win and submit", "win without order", "lose deal", "reopen"]),
    )  # fmt: skip
    def decide_the_deal(self, by, n, step):
        quote = self.one(Quote, n)
        steps = {
            "win": lambda user: win_opportunity(self.deal, by=user),
            "win with": lambda user: win_opportunity(self.deal, by=user, quote=quote),
            "win and submit": lambda user: win_opportunity(self.deal, by=user, quote=quote, submit=True),
            "win without order": lambda user: win_opportunity(self.deal, by=user, quote=quote, order=False),
            "lose deal": lambda user: lose_opportunity(
                self.deal, by=user, reason="canceled", revisit_on=timezone.localdate() + timedelta(days=30)
            ),
            "reopen": lambda user: reopen_opportunity(self.deal, by=user, reason="Again"),
        }
        self.attempt(step, by, steps[step])

    # --- delivering ----------------------------------------------------------------

    @precondition(lambda self: Order.objects.exists())
    @rule(
        by=who,
        n=which,
        step=st.sampled_from(["submit", "submit", "hold", "resume", "lock", "unlock", "cancel"]),
    )
    def work_on_an_order(self, by, n, step):
        order = self.one(Order, n)
        steps = {
            "submit": lambda user: submit_order(order, by=user), "hold": lambda user: hold_order(order, by=user),
            "resume": lambda user: resume_order(order, by=user), "lock": lambda user: lock_order(order, by=user),
            "unlock": lambda user: unlock_order(order, by=user),
            "cancel": lambda user: cancel_order(order, by=user, reason="other"),
        }  # fmt: skip
        self.attempt(step, by, steps[step])

    @precondition(lambda self: Order.objects.exists())
    @rule(
        by=who,
        n=which,
        part=parts,
        told=st.sampled_from(["shipped", "shipped", "canceled", "backordered", "again"]),
    )
    def report_progress(self, by, n, part, told):
        order = self.one(Order, n)
        lines = list(order.lines.all())
        line = lines[n % len(lines)]
        quantity = (line.quantity * part).quantize(Decimal("0.001"))
        self.notes += told == "shipped"
        delivery = Delivery(f"DN-{self.notes}", {line.key: quantity})
        steps = {
            "shipped": lambda user: fulfill_order(order, by=user, delivery=delivery),
            "again": lambda user: record_fulfillment(order, by=user, deliveries=[delivery]),
            "canceled": lambda user: record_fulfillment(order, by=user, canceled={line.key: quantity}),
            "backordered": lambda user: record_fulfillment(order, by=user, backordered={line.key: quantity}),
        }
        if told != "again" or self.notes:
            self.attempt(told, by, steps[told])

    # --- billing -------------------------------------------------------------------

    @precondition(lambda self: Order.objects.exists())
    @rule(by=who, n=which, part=parts)
    def bill(self, by, n, part):
        order = self.one(Order, n)
        ready = {
            line.key: (line.quantity_to_invoice * part).quantize(Decimal("0.001"))
            for line in order.lines.all()
        }
        wanted = None if part == 1 else ready
        self.attempt("bill", by, lambda user: invoice_from_order(order, by=user, quantities=wanted))

    @precondition(lambda self: Invoice.objects.exists())
    @rule(by=who, n=which, part=parts, step=st.sampled_from(["confirm", "confirm", "pay", "pay", "overpay", "credit",
                                                             "credit some", "call off", "use credit"]))  # fmt: skip
    def work_on_an_invoice(self, by, n, part, step):
        invoice, payment = self.one(Invoice, n), self.one(Payment, n, unallocated__gt=0)
        amount = (invoice.balance * part).quantize(Decimal("0.01"))
        some = {line.key: (line.quantity * part).quantize(Decimal("0.001")) for line in invoice.lines.all()}
        steps = {
            "confirm": lambda user: confirm_invoice(invoice, by=user),
            "pay": lambda user: record_payment(invoice, by=user, amount=amount),
            "overpay": lambda user: record_payment(invoice, by=user, amount=amount + 5, excess="keep"),
            "credit": lambda user: credit_invoice(invoice, by=user),
            "credit some": lambda user: credit_invoice(invoice, by=user, quantities=some),
            "call off": lambda user: cancel_invoice(invoice, by=user),
            "use credit": lambda user: allocate_payment(
                payment, invoice, by=user, amount=min(payment.unallocated, amount)
            ),
        }  # fmt: skip
        if payment or step != "use credit":
            self.attempt(step, by, steps[step])

    # --- what holds at every moment ------------------------------------------------

    @invariant()
    def books_and_states_agree(self):
        self.quotes = {quote.pk: quote for quote in Quote.objects.all()}
        self.orders = {order.pk: order for order in Order.objects.prefetch_related("lines__shipment_lines")}
        self.invoices = {
            one.pk: one
            for one in Invoice.objects.prefetch_related("lines", "allocations", "given_allocations")
        }
        self.the_chain_holds_together()
        self.every_header_is_the_sum_of_its_lines()
        self.quantities_are_conserved()
        self.what_is_owed_follows_from_the_ledger()
        self.legal_numbers_have_no_gap()
        self.history_ends_where_the_record_stands()

    def the_chain_holds_together(self):
        deal = Opportunity.objects.get()
        for document in (*self.quotes.values(), *self.orders.values(), *self.invoices.values()):
            assert (document.currency_id, document.account_id) == (deal.currency_id, deal.account_id)
            links = [
                getattr(document, name, None)
                for name in ("opportunity_id", "quote_id", "order_id", "credits_id", "revises_id")
            ]
            assert self.links.setdefault((type(document), document.pk), links) == links
        for order in self.orders.values():
            assert order.opportunity_id == self.quotes[order.quote_id].opportunity_id
            assert self.quotes[order.quote_id].status == "won"
        for invoice in self.invoices.values():
            assert invoice.opportunity_id == self.orders[invoice.order_id].opportunity_id
        valid = [order.quote_id for order in self.orders.values() if order.status != "canceled"]
        assert len(valid) == len(set(valid))
        alive = Counter(quote.number for quote in self.quotes.values() if quote.status != "closed")
        assert not alive or max(alive.values()) == 1
        if deal.status == "lost":
            assert not valid
        waits = Activity.objects.filter(status="open", subject__startswith="Revisit").count()
        assert waits == (deal.status == "lost")
        if deal.status != "open":
            assert not [
                quote
                for quote in self.quotes.values()
                if quote.opportunity_id and quote.status in ("draft", "active")
            ]

    def every_header_is_the_sum_of_its_lines(self):
        for document in self.invoices.values():
            lines = list(document.lines.all())
            assert document.total == sum(
                (line.total for line in lines), document.freight + document.freight_tax
            )
            assert document.total == document.pre_freight_amount + document.freight + document.total_tax

    def quantities_are_conserved(self):
        billed = Counter()
        for invoice in self.invoices.values():
            if invoice.kind == "invoice" and invoice.status != "canceled":
                for line in invoice.lines.all():
                    billed[line.order_line_id] += line.quantity
        for order in self.orders.values():
            lines = list(order.lines.all())
            for line in lines:
                assert line.quantity_shipped == sum(part.quantity for part in line.shipment_lines.all())
                assert line.quantity_invoiced == billed[line.pk]
                assert min(line.quantity_open, line.quantity_shipped, line.quantity_canceled) >= 0
                assert line.quantity_invoiced + line.quantity_canceled <= line.quantity
            self.progress_follows_from_lines(order, lines)

    def progress_follows_from_lines(self, order, lines):
        shipped, billed = (
            any(line.quantity_shipped for line in lines),
            any(line.quantity_invoiced for line in lines),
        )
        delivered = all(line.quantity_open == 0 for line in lines)
        settled = all(line.quantity_invoiced == line.quantity - line.quantity_canceled for line in lines)
        assert order.fulfillment == ("complete" if delivered else "partial" if shipped else "none")
        assert order.billing == ("none" if not billed else "complete" if settled else "partial")
        assert (order.status == "invoiced") == (order.billing == "complete")
        if order.status in ("active", "canceled"):
            assert (order.fulfillment, order.billing) == ("none", "none")
        if order.status == "submitted":
            assert order.fulfillment == "none"
        if order.status == "fulfilled":
            assert order.status_reason == order.fulfillment != "none"

    def what_is_owed_follows_from_the_ledger(self):
        for invoice in self.invoices.values():
            settled = sum((part.amount for part in invoice.allocations.all()), ZERO)
            given = sum((part.amount for part in invoice.given_allocations.all()), ZERO)
            assert invoice.amount_paid == settled - given
            owed = invoice.number is not None and invoice.status != "canceled"
            assert invoice.balance == (invoice.total - invoice.amount_paid if owed else 0)
            if invoice.kind == "invoice":
                assert invoice.balance >= 0
                assert 0 <= invoice.creditable <= invoice.total
                assert (invoice.status == "paid") == (settled > 0)
            if invoice.status == "paid":
                assert invoice.status_reason == ("complete" if invoice.balance == 0 else "partial")
        for payment in Payment.objects.prefetch_related("allocations"):
            assert payment.unallocated == payment.amount - sum(
                part.amount for part in payment.allocations.all()
            )

    def legal_numbers_have_no_gap(self):
        for kind in ("invoice", "credit_note"):
            numbers = sorted(
                int(one.number[-5:]) for one in self.invoices.values() if one.kind == kind and one.number
            )
            assert numbers == list(range(1, len(numbers) + 1))

    def history_ends_where_the_record_stands(self):
        told = {}
        for entry in HistoryEntry.objects.exclude(to_status="").order_by("pk"):
            told[entry.record_type, entry.record_id] = (entry.to_status, entry.reason)
        for document in (*self.quotes.values(), *self.orders.values(), *self.invoices.values()):
            known = told.get((document._meta.label_lower, document.pk))
            assert known in (None, (document.status, document.status_reason)), document


def test_whatever_people_do_books_and_states_agree():
    team = TeamFactory()
    seller = UserFactory(team=team)
    Company.people = {
        "seller": seller, "manager": UserFactory(team=team, role="sales_manager"),
        "finance": UserFactory(role="finance"), "boss": UserFactory(role="administrator"),
        "machine": UserFactory(role="integration"), "stranger": UserFactory(role="sales_manager"),
    }  # fmt: skip
    terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    Company.deal = OpportunityFactory(
        owner=seller, account=AccountFactory(owner=seller, payment_terms=terms), price_list=PriceListFactory()
    )
    TaxCodeFactory(rate=19)

    run_state_machine_as_test(
        Company,
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
