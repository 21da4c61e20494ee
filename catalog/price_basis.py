"""Why a line has its price and its tax rate, kept on the line when it is written: price lists change, documents do not.

Only what figures cannot tell is kept, in a few words of JSON: ``price`` (from the list, by hand, in a bundle), ``tax``
(which dated rate) and, on invoices and credit notes, ``share`` (how much of which amounts went before).
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.documents import PricedDocument, PricedLine
from catalog.prices import ResolvedPrice
from catalog.taxes import ResolvedTax

Basis = dict[str, Any]

ZERO = Decimal(0)
BUNDLE: Basis = {"by": "bundle"}


def note_listed(line: PricedLine, found: ResolvedPrice, on: dt.date) -> None:
    """The price list gave the price; the day stays the one on which this price was first found."""
    note_price(
        line, {"by": "list", "on": on.isoformat(), "because": [reason.kept for reason in found.because]}
    )


def note_by_hand(line: PricedLine) -> None:
    """Somebody gave the price; who it was stands in the history, found by the moment."""
    note_price(line, {"by": "hand", "price": plain(line.unit_price), "at": timezone.now().isoformat()})


def note_price(line: PricedLine, basis: Basis) -> None:
    was = line.price_basis.get("price", {})
    if without_time(was) != without_time(basis):
        line.price_basis = {**line.price_basis, "price": basis}


def without_time(basis: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in basis.items() if name not in ("at", "on")}


def note_tax(line: PricedLine, found: ResolvedTax | None) -> None:
    """Which dated rate the line's tax code meant, for whom and where."""
    basis = tax_basis(found)
    if line.price_basis.get("tax", {}) != basis:
        kept = {name: value for name, value in line.price_basis.items() if name != "tax"}
        line.price_basis = {**kept, "tax": basis} if basis else kept


def note_freight_tax(document: PricedDocument, found: ResolvedTax | None, on: dt.date) -> None:
    """The same for the freight; with the day whose prices and rates hold for the document."""
    document.price_basis = {"on": on.isoformat(), "freight_tax": tax_basis(found)}


def tax_basis(found: ResolvedTax | None) -> Basis:
    if found is None:
        return {}
    row = found.row
    if row is None:
        return {"code": found.code}
    since = row.valid_from.isoformat()
    return {"code": found.code, "country": row.country, "region": row.region, "since": since}


def share_basis(
    line: PricedLine, *, of: Decimal, whole: Mapping[str, Decimal], before: Decimal = ZERO,
    taken: Mapping[str, Decimal] | None = None, amount: Decimal | None = None,
) -> Basis:  # fmt: skip
    """The basis of a part of ``line``: of so many that come to the whole, so many went before, with these amounts.

    ``amount`` is the total of a part that was taken by money instead of by quantity.
    """
    share: Basis = {"of": plain(of), "before": plain(before)}
    share["whole"] = {name: plain(figure) for name, figure in whole.items() if figure}
    share["taken"] = {name: plain(figure) for name, figure in (taken or {}).items() if figure}
    if amount is not None:
        share["amount"] = plain(amount)
    return {**line.price_basis, "share": share}


def amounts_of(line: PricedLine) -> dict[str, Decimal]:
    return {name: getattr(line, name) for name in line.AMOUNTS}


def plain(figure: Decimal) -> str:
    """A figure as JSON keeps it, without idle zeros."""
    return f"{figure.normalize():f}" if figure else "0"
