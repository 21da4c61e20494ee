"""How the amounts of a line came about: worked out, copied, a share of an earlier line, or told by the ERP."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.documents import LineKind, PricedLine
from catalog.explaining.origins import Origin
from catalog.explaining.pricing import PriceTeller, tax_because
from catalog.explaining.words import Telling
from catalog.totals import part_of_amounts
from kernel.pricing import Step as EngineStep
from kernel.pricing import apportion

ZERO = Decimal(0)
AMOUNTS = PricedLine.AMOUNTS
# Which stored amount each step of the engine arrives at.
FIELDS = {
    "base": "base", "discount_percent": "manual_discount", "discount_amount": "manual_discount", "net": "net",
    "header_share": "header_discount", "tax": "tax", "tax_share": "tax", "tax_typed": "tax", "line_total": "total",
}  # fmt: skip


def tell_line(
    telling: Telling, line: PricedLine, *, prices: PriceTeller, origin: Origin, steps: Sequence[EngineStep]
) -> None:
    """Every amount of the line, in the order in which one follows from the other."""
    about = ("line", str(line.key))
    if origin.is_erp:
        told_as_it_is(telling, line, about, "erp", ("unit_price", *AMOUNTS))
        return
    if line.kind == LineKind.OPTIONAL:
        telling.say("optional", about=about)
    prices.tell(line)
    source = origin.of(line)
    if source is not None and "share" in line.price_basis:
        shares(telling, line, source, origin, about)
    elif source is not None and origin.is_copied(line):
        copies(telling, line, source, origin, about)
    elif origin.only_shares:
        told_as_it_is(telling, line, about, "as_stored", AMOUNTS)
    else:
        tax_rate(telling, line, about)
        formulas(telling, line, steps, about)


def told_as_it_is(
    telling: Telling, line: PricedLine, about: tuple[str, str], code: str, names: Sequence[str]
) -> None:
    """Nothing but the stored figures, and whose they are."""
    for name in names:
        if stored := getattr(line, name):
            telling.say(code, name, about=about, result=stored)


def copies(
    telling: Telling, line: PricedLine, source: PricedLine, origin: Origin, about: tuple[str, str]
) -> None:
    """The same figures as on the line it came from."""
    for name in AMOUNTS:
        if stored := getattr(line, name):
            telling.say("copied", name, stored=stored, about=about, url=origin.link(source),
                        words=origin.words(source), result=getattr(source, name))  # fmt: skip


def tax_rate(telling: Telling, line: PricedLine, about: tuple[str, str]) -> None:
    """Which code, which dated rate, or why there is none."""
    if line.tax_code is None:
        telling.say("no_tax_code", about=about)
        return
    words = {
        "code": line.tax_code.code,
        "because": tax_because(line.price_basis.get("tax", {}), line.tax_rate),
    }
    telling.say("tax_rate", about=about, words=words, rate=line.tax_rate)


def formulas(telling: Telling, line: PricedLine, steps: Sequence[EngineStep], about: tuple[str, str]) -> None:
    """The engine's steps for the line, each held against the stored amount."""
    told = set()
    for step in steps:
        name = FIELDS[step.code]
        told.add(name)
        if stored := getattr(line, name):
            telling.say(plainer(step), name, stored=stored, about=about, figures=step.amounts)
        elif step.amounts["result"]:
            telling.say(step.code, name, stored=stored, about=about, figures=step.amounts)
    for name in AMOUNTS:
        if name not in told and (stored := getattr(line, name)):
            telling.say(telling.unexplained(), name, about=about, result=stored)


def plainer(step: EngineStep) -> str:
    """The sentence without the terms that are nothing here."""
    if step.code == "base" and not step.amounts["volume_discount"]:
        return "base_plain"
    if step.code == "net" and not step.amounts["discount"]:
        return "net_plain"
    if step.code == "line_total" and not step.amounts["header_discount"]:
        return "line_total_plain"
    return step.code


def shares(
    telling: Telling, line: PricedLine, source: PricedLine, origin: Origin, about: tuple[str, str]
) -> None:
    """Up to here so much of the whole, less what earlier documents have: the difference of two running totals."""
    share = line.price_basis["share"]
    of, before = Decimal(share["of"]), Decimal(share["before"])
    whole, taken = figures(share["whole"]), figures(share["taken"])
    if "amount" in share:
        done, of, unit = Decimal(share["amount"]), whole["total"], "_amount"
        upto = part_by_amount(whole, done, telling.digits)
    else:
        done, unit = before + abs(line.quantity), ""
        upto = part_of_amounts(whole, done, of, telling.digits)
    sign = -1 if origin.gives_back else 1
    for name in AMOUNTS:
        stored, result = getattr(line, name), sign * (upto[name] - taken[name])
        if stored or result:
            code = ("back" if origin.gives_back else "share") + unit + ("_less" if taken[name] else "")
            amounts = {"whole": whole[name], "upto": upto[name], "before": taken[name]}
            amounts |= {"money": done, "of_money": of} if unit else {"done": done, "of": of}
            telling.say(code, name, stored=stored, about=about, url=origin.link(source),
                        words=origin.words(source), result=result, figures=amounts)  # fmt: skip


def part_by_amount(whole: Mapping[str, Decimal], total: Decimal, digits: int) -> dict[str, Decimal]:
    """The columns of a line for a part of its total: tax and discounts in proportion, sums rebuilt from them."""
    if total == whole["total"]:
        return dict(whole)
    part = {
        name: apportion(whole[name], ZERO, total, whole["total"], digits)
        for name in ("tax", "header_discount", "manual_discount")
    }
    net = total - part["tax"] + part["header_discount"]
    return {**part, "total": total, "net": net, "base": net + part["manual_discount"]}


def figures(kept: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(kept.get(name, "0")) for name in AMOUNTS}
