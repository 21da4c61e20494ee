"""Lines of an earlier quote as they would be offered today."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.bundles import members_of
from catalog.changes import LineChange
from catalog.documents import LineKind, PricedLine
from catalog.lines import lines_of
from catalog.models import Product
from quotes.models import Quote


@dataclass(slots=True)
class Taken:
    """What can be offered again, and the names of what cannot."""

    lines: list[LineChange] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def lines_for_today(source: Quote, target: Quote) -> Taken:
    """The lines of ``source`` for ``target``: quantities, words and kinds as they were, prices of today, no discounts.

    Products that are not for sale any more stay behind, and so do lines with a price of their own in another currency.
    Bundles keep their members while these still belong to them; else they bring today's.
    """
    taken, lines = Taken(), lines_of(source)
    members = members_of(line.product for line in lines if is_bundle(line))
    at = 0
    while at < len(lines):
        line, included = lines[at], included_below(lines, at)
        at += 1 + len(included)
        if not can_be_taken(line, source, target):
            taken.left_out.append(line.description)
            continue
        taken.lines.append(as_today(line))
        known = {row.member_id for row in members.get(line.product_id or 0, ())}
        if included and all(one.product_id in known and for_sale(one) for one in included):
            taken.lines += [as_today(one) for one in included]
    return taken


def included_below(lines: Sequence[PricedLine], at: int) -> list[PricedLine]:
    """The members right below a bundle."""
    found = []
    for line in lines[at + 1 :]:
        if line.kind != LineKind.INCLUDED:
            break
        found.append(line)
    return found


def is_bundle(line: PricedLine) -> bool:
    return line.product is not None and line.product.kind == Product.Kind.BUNDLE


def for_sale(line: PricedLine) -> bool:
    return line.product is None or line.product.status == Product.Status.ACTIVE


def can_be_taken(line: PricedLine, source: Quote, target: Quote) -> bool:
    has_own_price = line.product_id is None and not line.is_text
    return for_sale(line) and not (has_own_price and source.currency_id != target.currency_id)


def as_today(line: PricedLine) -> LineChange:
    """The line without what was agreed then; what no price list knows keeps its price."""
    own = line.product_id is None and not line.is_text
    return LineChange(
        product=line.product, kind=line.kind, description=line.description, quantity=line.quantity, unit=line.unit,
        unit_price=line.unit_price if own else None, tax_code=line.tax_code if own else None,
    )  # fmt: skip
