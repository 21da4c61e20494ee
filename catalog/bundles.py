"""Bundles on a document: a new bundle line brings its members along, and carries them along as it changes."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.changes import LineChange, line_blocker, refuse
from catalog.documents import LineKind, PricedLine
from catalog.models import BundleMember, Product
from kernel.errors import Blocker
from kernel.pricing import round_half_up

ONE = Decimal(1)
PLACES = 5  # of a quantity

Members = Mapping[int, Sequence[BundleMember]]


def with_members(
    changes: Sequence[LineChange], there: Sequence[PricedLine], *, offers_options: bool
) -> list[LineChange]:
    """The changes with what bundles bring along: members of a new one, quantities of a changed, none of a removed.

    The members of a bundle are the included lines right below it. Required members are included in the bundle's
    price; optional ones are offered beside it where the document offers options. At most one query, none without
    bundles. Raises DomainError for a line that is said to be included but belongs to no bundle above it: it would
    be given away.
    """
    before = {line.key: line for line in there}
    changes = without_orphans(changes, there)
    members = members_of(change.product for change in changes if is_bundle(change))
    refuse_strangers(changes, before, members)
    wanted: list[LineChange] = []
    ratio = ONE
    for at, change in enumerate(changes):
        if change.kind == LineKind.INCLUDED:
            wanted.append(in_proportion(change, ratio, before))
            continue
        ratio = grown(change, before)
        wanted.append(change)
        comes_with_members = at + 1 < len(changes) and changes[at + 1].kind == LineKind.INCLUDED
        if is_new(change, before) and change.product and not comes_with_members:
            wanted += expanded(change, members.get(change.product.pk, ()), offers_options=offers_options)
    return wanted


def is_bundle(change: LineChange) -> bool:
    """Whether the line sells a bundle."""
    return change.product is not None and change.product.kind == Product.Kind.BUNDLE


def is_new(change: LineChange, before: Mapping[uuid.UUID, PricedLine]) -> bool:
    """Whether the product of the line stands on it only from now on."""
    line = before.get(change.key) if change.key else None
    return line is None or line.product_id != (change.product.pk if change.product else None)


def without_orphans(changes: Sequence[LineChange], there: Sequence[PricedLine]) -> list[LineChange]:
    """The changes without the members of bundles that are removed, or are another product now."""
    bundles: dict[uuid.UUID, PricedLine] = {}
    above: PricedLine | None = None
    for line in there:
        if line.kind != LineKind.INCLUDED:
            above = line
        elif above is not None:
            bundles[line.key] = above
    sold = {change.key: change.product.pk if change.product else None for change in changes if change.key}
    return [
        change
        for change in changes
        if change.kind != LineKind.INCLUDED
        or change.key not in bundles
        or sold.get(bundles[change.key].key) == bundles[change.key].product_id
    ]


def members_of(bundles: Iterable[Product | None]) -> dict[int, list[BundleMember]]:
    """The members of each bundle, by its primary key."""
    asked = {bundle.pk for bundle in bundles if bundle}
    found: dict[int, list[BundleMember]] = {}
    if asked:
        rows = BundleMember.objects.filter(bundle__in=asked).select_related(
            "member__unit", "member__tax_code", "unit"
        )
        for row in rows.order_by("position", "id"):
            found.setdefault(row.bundle_id, []).append(row)
    return found


def refuse_strangers(
    changes: Sequence[LineChange], before: Mapping[uuid.UUID, PricedLine], members: Members
) -> None:
    """Refuse included lines that stand below no bundle, or below one that they are no member of."""
    blockers: list[Blocker] = []
    allowed: set[int] = set()
    for number, change in enumerate(changes, 1):
        if change.kind != LineKind.INCLUDED:
            allowed = set()
            if is_bundle(change) and change.product:
                allowed = {row.member_id for row in members.get(change.product.pk, ())}
            continue
        line = before.get(change.key) if change.key else None
        stays = line is not None and line.kind == LineKind.INCLUDED and not is_new(change, before)
        if not stays and (change.product is None or change.product.pk not in allowed):
            text = _("it is not included in a bundle above it")
            blockers.append(line_blocker(number, "not_in_bundle", text, "kind"))
    refuse(blockers)


def expanded(
    change: LineChange, members: Iterable[BundleMember], *, offers_options: bool
) -> list[LineChange]:
    """The member lines of a new bundle line: the required ones, then those one may choose."""
    rows = [row for row in members if row.is_required or offers_options]
    return [
        LineChange(
            product=row.member,
            kind=LineKind.INCLUDED if row.is_required else LineKind.OPTIONAL,
            quantity=sellable(row.quantity * change.quantity, row.member),
            unit=row.unit,
        )
        for row in sorted(rows, key=lambda row: not row.is_required)
    ]


def grown(change: LineChange, before: Mapping[uuid.UUID, PricedLine]) -> Decimal:
    """By how much the quantity of a line has grown: 2 says twice as much."""
    line = before.get(change.key) if change.key else None
    was = line.quantity if line else None
    return change.quantity / was if was and change.quantity != was else ONE


def in_proportion(change: LineChange, ratio: Decimal, before: Mapping[uuid.UUID, PricedLine]) -> LineChange:
    """A member with its bundle's growth, unless its own quantity was changed too."""
    line = before.get(change.key) if change.key else None
    if ratio == ONE or line is None or line.quantity != change.quantity:
        return change
    return replace(change, quantity=sellable(change.quantity * ratio, change.product))


def sellable(quantity: Decimal, product: Product | None) -> Decimal:
    """The quantity in as many decimals as the product is sold with, but not nothing."""
    places = product.decimals if product else PLACES
    return round_half_up(quantity, places) or ONE.scaleb(-places)
