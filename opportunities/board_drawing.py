"""How cards are drawn: what all cards of a page share is worked out once, what differs is escaped and joined here.

Not in a template, because a board has hundreds of small parts and each step of a template costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kernel import formats
from kernel.addresses import record_url
from opportunities.board_cards import FIELDS, Card

ICONS = {"late": "triangle-alert", "today": "clock", "planned": "calendar", "none": "circle-dashed"}
MOVE = "opportunities:board-move"


def icon_of(name: str, size: int = 12) -> str:
    """One of the icons that the page draws once; cards only point to it."""
    return (
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 12 12" aria-hidden="true">'
        f'<use href="#i-{name}"/></svg>'
    )


class Drawing:
    """The cards of one answer; ``quotes`` and ``usual`` are what apps above know of all of its deals."""

    def __init__(
        self, fields: Sequence[str], query: str, *, quotes: Mapping[int, Any], usual: Mapping[int, int]
    ) -> None:
        self.query = escape(f"?{query}" if query else "")
        self.quotes, self.usual = quotes, usual
        self.move = str(escape(_("Move %(deal)s to…")))
        self.menu = icon_of("ellipsis", 16)
        self.icons = {state: icon_of(name) for state, name in ICONS.items()}
        labels = {**FIELDS, "age": _("In this stage for")}
        self.facts: list[tuple[Callable[[Drawing, Card, str], str], str]] = [
            (FACTS[name], f'<span class="hidden">{escape(labels[name])} </span>') for name in fields
        ]
        self.next = {
            "late": _("late by %(days)s d"), "today": _("today"), "planned": _("planned %(day)s"),
            "none": _("no next step"), "no day": _("no day for it"),
        }  # fmt: skip
        self.nobody = _("Unassigned")
        self.stay, self.usually = str(escape(_("%(days)s d"))), str(escape(_("usual %(days)s")))

    def cards(self, cards: Iterable[Card]) -> Markup:
        """These cards, one after the other."""
        return Markup("".join(map(self._card, cards)))

    def _card(self, card: Card) -> str:
        deal = card.deal
        ref, name = escape(deal.ref), escape(deal.name)
        kind = ("" if card.may_move else " fixed") + (" rotten" if card.is_rotten else "")
        due = deal.next_due_at.isoformat() if deal.next_due_at else ""
        ends = f' data-won="{escape(card.win_url)}"' if card.win_url else ""
        ends += f' data-lost="{escape(card.lose_url)}"' if card.lose_url else ""
        facts = "".join([draw(self, card, label) for draw, label in self.facts])
        return (
            f'<li class="deal{kind}" id="deal-{ref}" tabindex="-1" data-deal="{ref}" data-name="{name}"'
            f' data-pk="{deal.pk}" data-due="{due}" data-column="{card.column}" data-version="{deal.version}"{ends}>\n'
            f'<div class="deal-top"><a class="deal-name" href="{escape(deal.get_absolute_url())}" draggable="false">'
            f'{name}</a>\n<a class="icon-button deal-menu" href="{escape(record_url(MOVE, deal.ref))}{self.query}"'
            f' draggable="false" aria-label="{self.move % {"deal": name}}">{self.menu}</a></div>\n'
            f'<ul class="deal-facts">\n{facts}</ul>\n</li>\n'
        )

    def next_words(self, card: Card) -> str:
        """What is next, in words: never by color or sign alone."""
        if card.due is None:
            return self.next["no day" if card.next_subject else "none"]
        return self.next[card.state] % {
            "days": (card.today - card.due).days,
            "day": formats.day_text(card.due),
        }


def _amount(drawing: Drawing, card: Card, label: str) -> str:
    amount = escape(formats.money(card.deal.amount, card.deal.currency.code))
    return f'<li class="deal-amount">{label}<span class="money">{amount}</span></li>\n'


def _customer(drawing: Drawing, card: Card, label: str) -> str:
    customer = card.deal.customer
    return f"<li>{label}{icon_of('building-2')}{escape(customer)}</li>\n" if customer else ""


def _close_date(drawing: Drawing, card: Card, label: str) -> str:
    day = card.deal.estimated_close_on
    return f"<li>{label}{icon_of('flag')}{escape(formats.date(day))}</li>\n" if day else ""


def _owner(drawing: Drawing, card: Card, label: str) -> str:
    return f"<li>{label}{icon_of('user')}{escape(card.deal.owner or drawing.nobody)}</li>\n"


def _probability(drawing: Drawing, card: Card, label: str) -> str:
    return f"<li>{label}{icon_of('percent')}{escape(formats.percent(card.deal.probability))}</li>\n"


def _forecast(drawing: Drawing, card: Card, label: str) -> str:
    return f"<li>{label}{escape(card.deal.get_forecast_display())}</li>\n"


def _number(drawing: Drawing, card: Card, label: str) -> str:
    return f'<li class="muted">{label}{escape(card.deal.number)}</li>\n'


def _next_step(drawing: Drawing, card: Card, label: str) -> str:
    """Closed deals have no next step to miss."""
    if not card.is_open:
        return ""
    subject = card.next_subject
    told = f' <span class="subject">{escape(subject)}</span>' if subject else ""
    return (
        f'<li class="deal-next {card.state}">{label}{drawing.icons[card.state]}'
        f"<strong>{escape(drawing.next_words(card))}</strong>{told}</li>\n"
    )


def _age(drawing: Drawing, card: Card, label: str) -> str:
    if not card.is_open:
        return ""
    days, usually = card.days, drawing.usual.get(card.deal.stage_id) or card.deal.stage.rots_after_days
    over = " over" if usually and days > usually else ""
    text = drawing.stay % {"days": days}
    if usually:
        text += f' <span class="muted">({drawing.usually % {"days": usually}})</span>'
    if card.rot is not None and card.is_rotten:
        text += (
            f' <span class="rot" title="{escape(card.rot.reset_by)}">{icon_of("triangle-alert")}'
            f"{escape(card.rot.words)}</span>"
        )
    return f'<li class="deal-age{over}">{label}{icon_of("hourglass")}{text}</li>\n'


def _quote(drawing: Drawing, card: Card, label: str) -> str:
    quote = drawing.quotes.get(card.deal.pk)
    if quote is None:
        return ""
    return (
        f'<li class="deal-quote">{label}{icon_of("file-text")}<a href="{escape(quote.url)}" draggable="false">'
        f"{escape(quote.ref)}</a> {escape(quote.words)}</li>\n"
    )


FACTS: dict[str, Callable[[Drawing, Card, str], str]] = {
    "amount": _amount, "customer": _customer, "next_step": _next_step, "age": _age, "quote": _quote,
    "close_date": _close_date, "owner": _owner, "probability": _probability, "forecast": _forecast,
    "number": _number,
}  # fmt: skip
