"""Quotes on their way to a customer: with options, sent, opened by a link."""

from decimal import Decimal
from typing import Any

from django.test import Client

from catalog.lines import lines_of, save_columns
from catalog.totals import reprice
from quotes.actions import activate_quote, revise_quote
from quotes.actions.sharing import make_link
from quotes.models import CustomerLink, Quote
from tests.document_factories import QuoteFactory, QuoteLineFactory
from tests.factories import AccountFactory, ContactFactory, OpportunityFactory, UserFactory


def offer(*, rep: Any = None, deal: bool = False, **columns: Any) -> Quote:
    """An active quote: a section, an item of 100.00, a note, and two options of 50.00 and 20.00; 19 % tax."""
    rep = rep or UserFactory(first_name="Ada", last_name="Byron", email="ada@seller.example")
    account = AccountFactory(owner=rep, name="Borg GmbH")
    contact = ContactFactory(owner=rep, account=account, email="buyer@borg.example")
    if deal:
        columns["opportunity"] = OpportunityFactory(owner=rep, account=account)
    said = {"status": "active", "name": "Spindles", "account": account, "contact": contact, **columns}
    quote = QuoteFactory(owner=rep, lines=0, **said)
    add(quote, "section", "Machines", quantity=0, unit_price=0, product=None, unit=None, tax_code=None)
    add(quote, "item", "Spindle", quantity=2, unit_price=50)
    add(quote, "note", "Made to measure.", quantity=0, unit_price=0, product=None, unit=None, tax_code=None)
    add(quote, "optional", "Installation", quantity=1, unit_price=50)
    add(quote, "optional", "Training", quantity=1, unit_price=20)
    lines = lines_of(quote)
    reprice(quote, lines)
    save_columns(lines, [*lines[0].AMOUNTS])
    quote.save()
    return Quote.objects.get(pk=quote.pk)


def add(quote: Quote, kind: str, text: str, **columns: Any) -> None:
    figures = {name: Decimal(columns.pop(name)) for name in ("quantity", "unit_price")}
    rate = Decimal(19 if figures["unit_price"] else 0)
    QuoteLineFactory(
        quote=quote, kind=kind, description=text, position=quote.lines.count() + 1, tax_rate=rate, **figures, **columns
    )  # fmt: skip


def link_to(quote: Quote) -> CustomerLink:
    """The customer's address of the quote, handed over by its owner."""
    return make_link(quote, by=quote.owner)


def sent_revision(quote: Quote) -> CustomerLink:
    """The next revision, one spindle more, active and with the customer."""
    draft = revise_quote(quote, by=quote.owner)
    draft.lines.filter(description="Spindle").update(quantity=3)
    lines = lines_of(draft)
    reprice(draft, lines)
    save_columns(lines, [*lines[0].AMOUNTS])
    draft.save()
    return link_to(activate_quote(draft, by=quote.owner))


class Customer:
    """Somebody with the link, in a browser of their own, that sends what its page holds."""

    def __init__(self, link: CustomerLink, **options: Any) -> None:
        self.base = f"/q/{link.token}/"
        self.client = Client(enforce_csrf_checks=True, **options)
        self.page = self.client.get(self.base)

    def look(self) -> Any:
        self.page = self.client.get(self.base)
        return self.page

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page."""
        text = self.page.content.decode()
        start = text.index(f'name="{name}" value="') + len(f'name="{name}" value="')
        return text[start : text.index('"', start)]

    def post(self, path: str = "", **said: Any) -> Any:
        return self.client.post(
            f"{self.base}{path}", {"csrfmiddlewaretoken": self.hidden("csrfmiddlewaretoken"), **said}
        )

    def recalculate(self, *options: Any) -> Any:
        self.page = self.post(option=[str(key) for key in options], seal=self.hidden("seal"))
        return self.page

    def accept(self, *options: Any, **said: Any) -> Any:
        form = {
            "name": "Bea Buyer", "email": "bea@borg.example", "customer_po": "4500-88", "terms": "on",
            "seal": self.hidden("seal"), "seen_total": self.hidden("seen_total"),
            "option": [str(key) for key in options], **said,
        }  # fmt: skip
        return self.post("accept/", **form)

    @property
    def text(self) -> str:
        return self.look().content.decode()


def option(quote: Quote, name: str) -> Any:
    return quote.lines.get(description=name).key
