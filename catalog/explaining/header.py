"""How the amounts of the header came about: from the lines, the document's discount, freight, taxes and the rate."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.documents import PricedDocument, PricedLine
from catalog.explaining.origins import Origin
from catalog.explaining.pricing import tax_because
from catalog.explaining.words import Telling
from catalog.models import ExchangeRate
from catalog.totals import base_currency_of, in_base
from kernel.formats import day_text
from kernel.pricing import Step as EngineStep

ZERO = Decimal(0)
FIELDS = {
    "detail": "detail_amount", "line_discounts": "line_discount_amount", "header_discount": "header_discount_amount",
    "pre_freight": "pre_freight_amount", "freight": "freight", "freight_tax": "freight_tax",
    "total_tax": "total_tax", "total": "total",
}  # fmt: skip


def tell_header(
    telling: Telling, document: PricedDocument, lines: Sequence[PricedLine], *, origin: Origin,
    steps: Sequence[EngineStep],
) -> None:  # fmt: skip
    """Every amount of the header; the lines are those that count."""
    if origin.is_erp:
        as_the_erp_said(telling, document)
    elif origin.is_whole(document):
        copies(telling, document, origin)
    elif origin.only_shares:
        sums(telling, document, lines, origin)
    else:
        formulas(telling, document, steps)
    if not origin.is_erp:
        taxes_by_rate(telling, document, lines)
    in_base_currency(telling, document)
    if origin.settled is not None:
        what_is_open(telling, document, origin.settled)


def what_is_open(telling: Telling, document: Any, settled: Decimal) -> None:
    """What was settled of it, and what is left."""
    if document.amount_paid or settled:
        code = "given" if document.total < 0 else "settled"
        telling.say(code, "amount_paid", stored=document.amount_paid, result=settled)
    if document.balance:
        total, paid = document.total, document.amount_paid
        amounts = {"total": total, "amount_paid": paid, "result": total - paid}
        telling.say("balance", "balance", stored=document.balance, figures=amounts)


def as_the_erp_said(telling: Telling, document: PricedDocument) -> None:
    for name in FIELDS.values():
        if stored := getattr(document, name):
            telling.say("erp", name, result=stored)


def copies(telling: Telling, document: PricedDocument, origin: Origin) -> None:
    """The same amounts as on the document it came from."""
    for name in FIELDS.values():
        if stored := getattr(document, name):
            telling.say(
                "copied_header",
                name,
                stored=stored,
                url=origin.url,
                words={"document": origin.name},
                result=getattr(origin.document, name),
            )


def formulas(telling: Telling, document: PricedDocument, steps: Sequence[EngineStep]) -> None:
    told = set()
    for step in steps:
        if step.code not in FIELDS:
            continue
        name = FIELDS[step.code]
        told.add(name)
        # The freight is kept as it was typed; what counts of it is rounded.
        stored = step.amounts["exact"] if step.code == "freight" else step.amounts["result"]
        if not stored and not getattr(document, name):
            continue
        if stored != getattr(document, name):
            telling.say(telling.unexplained(), name, result=getattr(document, name))
        else:
            telling.say(plainer(step.code, step.amounts), name, figures=step.amounts)
            because_of_freight(telling, document, step)
    for name in FIELDS.values():
        if name not in told and (left := getattr(document, name)):
            telling.say(telling.unexplained(), name, result=left)


def because_of_freight(telling: Telling, document: PricedDocument, step: EngineStep) -> None:
    """Which tax code, at which dated rate, the freight is taxed by."""
    if step.code == "freight_tax" and document.freight_tax_code:
        basis = document.price_basis.get("freight_tax", {})
        words = {
            "code": document.freight_tax_code.code,
            "because": tax_because(basis, document.freight_tax_rate),
        }
        telling.say("tax_rate", words=words, rate=document.freight_tax_rate)


# The sentence without a term that is nothing here: by code, the term and the plainer code.
PLAINER = {
    "header_discount": (("amount", "header_discount_percent"), ("percent", "header_discount_amount")),
    "pre_freight": (("header_discount", "pre_freight_plain"),),
    "total_tax": (("freight_tax", "total_tax_plain"),),
    "total": (("freight", "total_plain"),),
}


def plainer(code: str, amounts: Mapping[str, Decimal]) -> str:
    return next((plain for term, plain in PLAINER.get(code, ()) if not amounts[term]), code)


def sums(telling: Telling, document: PricedDocument, lines: Sequence[PricedLine], origin: Origin) -> None:
    """The header of a document whose lines were given: added up, with a part of the freight."""

    def total_of(name: str) -> Decimal:
        return sum((getattr(line, name) for line in lines), ZERO)

    def say(code: str, name: str, **amounts: Any) -> None:
        if (stored := getattr(document, name)) or amounts["result"]:
            telling.say(plainer(code, amounts), name, stored=stored, **amounts)

    say("detail", "detail_amount", count=Decimal(len(lines)), result=total_of("net"))
    say("line_discounts", "line_discount_amount", result=total_of("manual_discount"))
    say("header_discount_parts", "header_discount_amount", result=total_of("header_discount"))
    detail, discount = document.detail_amount, document.header_discount_amount
    say(
        "pre_freight", "pre_freight_amount", detail=detail, header_discount=discount, result=detail - discount
    )
    for name in ("freight", "freight_tax"):
        if stored := getattr(document, name):
            whole = getattr(origin.document, name) if origin.document else stored
            telling.say(f"{name}_share", name, url=origin.url, words={"document": origin.name}, whole=whole,
                        result=stored)  # fmt: skip
    taxes, freight_tax = total_of("tax"), document.freight_tax
    say("total_tax", "total_tax", lines=taxes, freight_tax=freight_tax, result=taxes + freight_tax)
    net, freight, tax = document.pre_freight_amount, document.freight, document.total_tax
    say("total", "total", pre_freight=net, freight=freight, tax=tax, result=net + freight + tax)


def taxes_by_rate(telling: Telling, document: PricedDocument, lines: Sequence[PricedLine]) -> None:
    """What each tax code comes to at each rate; freight included."""
    found: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_code.code if line.tax_code else "", line.tax_rate)
        found[key] = found.get(key, ZERO) + line.tax
    freight_code = document.freight_tax_code.code if document.freight_tax_code else ""
    if document.freight_tax:
        key = (freight_code, document.freight_tax_rate)
        found[key] = found.get(key, ZERO) + document.freight_tax
    for (code, rate), tax in sorted(found.items()):
        if tax:
            words = {"code": code or _("Without a tax code")}
            telling.say("group_tax", "tax_by_group", about=("tax", code), words=words, rate=rate, result=tax)


def in_base_currency(telling: Telling, document: PricedDocument) -> None:
    """The total in the currency of the reports, by the rate that was copied on the document."""
    base = base_currency_of(document.currency)
    if base is None or not document.total:
        return
    if document.currency.is_base:
        telling.say("total_base_same", "total_base", stored=document.total_base, result=document.total)
        return
    words: dict[str, Any] = {"currency": document.currency.code, "base": base.code}
    day = day_of_rate(document)
    code = "total_base_since" if day else "total_base"
    converted = Telling(base.digits, telling.is_known_engine, telling.steps)
    result = in_base(document.total, document.exchange_rate, base_digits=base.digits)
    total = telling.shown("total", document.total, code)
    converted.say(code, "total_base", stored=document.total_base, words={**words, "day": day, "total": total},
                  rate=document.exchange_rate, result=result)  # fmt: skip


def day_of_rate(document: PricedDocument) -> str:
    """From which day on the rate on the document was that of its currency; nothing if no such rate is known."""
    made = document.price_basis.get("on") or document.created_at.date()
    rows = ExchangeRate.objects.filter(
        currency=document.currency, rate=document.exchange_rate, valid_from__lte=made
    )
    found = rows.order_by("-valid_from").values_list("valid_from", flat=True).first()
    return day_text(found) if found else ""
