"""Bundles on a document: a new bundle line brings its members along, and its quantity carries theirs with it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.changes import LineChange
from catalog.documents import LineKind, PricedLine
from catalog.models import BundleMember, Product


def with_members(
    changes: Sequence[LineChange], there: Sequence[PricedLine], *, offers_options: bool
) -> list[LineChange]:
    """The changes, each new bundle followed by its members, each changed bundle with its members' quantities changed.

    The members of a bundle are the included lines right below it. Required members are included in the bundle's
    price; optional ones are offered beside it where the document offers options. At most one query, none without
    bundles.
    """
    before = {line.key: line.quantity for line in there}
    members = members_of(change.product for change in changes if is_new_bundle(change))
    wanted: list[LineChange] = []
    ratio = Decimal(1)
    for at, change in enumerate(changes):
        if change.kind == LineKind.INCLUDED:
            wanted.append(in_proportion(change, ratio, before))
            continue
        ratio = grown(change, before)
        wanted.append(change)
        comes_with_members = at + 1 < len(changes) and changes[at + 1].kind == LineKind.INCLUDED
        if is_new_bundle(change) and change.product and not comes_with_members:
            wanted += expanded(change, members.get(change.product.pk, ()), offers_options=offers_options)
    return wanted


def is_new_bundle(change: LineChange) -> bool:
    """Whether the change adds a bundle that is not on the document yet."""
    product = change.product
    return change.key is None and product is not None and product.kind == Product.Kind.BUNDLE


def members_of(bundles: Iterable[Product | None]) -> dict[int, list[BundleMember]]:
    """The members of each bundle, by its primary key."""
    asked = {bundle.pk for bundle in bundles if bundle}
    found: dict[int, list[BundleMember]] = {}
    if asked:
        rows = BundleMember.objects.filter(bundle__in=asked).select_related("member", "unit")
        for row in rows.order_by("position", "id"):
            found.setdefault(row.bundle_id, []).append(row)
    return found


def expanded(
    change: LineChange, members: Iterable[BundleMember], *, offers_options: bool
) -> list[LineChange]:
    """The member lines of a new bundle line: the required ones, then those one may choose."""
    rows = [row for row in members if row.is_required or offers_options]
    return [
        LineChange(
            product=row.member,
            kind=LineKind.INCLUDED if row.is_required else LineKind.OPTIONAL,
            quantity=row.quantity * change.quantity,
            unit=row.unit,
        )
        for row in sorted(rows, key=lambda row: not row.is_required)
    ]


def grown(change: LineChange, before: dict[object, Decimal]) -> Decimal:
    """By how much the quantity of a line has grown: 2 says twice as much."""
    was = before.get(change.key)
    return change.quantity / was if was and change.quantity != was else Decimal(1)


def in_proportion(change: LineChange, ratio: Decimal, before: dict[object, Decimal]) -> LineChange:
    """A member with its bundle's growth, unless its own quantity was changed too."""
    untouched = change.key is not None and before.get(change.key) == change.quantity
    return replace(change, quantity=(change.quantity * ratio)) if untouched and ratio != 1 else change
