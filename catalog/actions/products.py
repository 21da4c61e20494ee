"""What can be done to products: made, changed, put on sale and taken off it, with what belongs to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import BundleMember, Product, RelatedProduct, Unit
from kernel import history, outbox
from kernel.errors import Blocker, DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from people.access import hidden_fields, require
from people.models import User

PRODUCT_FIELDS = frozenset({
    "sku", "name", "description", "kind", "family", "unit", "decimals", "list_price", "standard_cost",
    "current_cost", "tax_code", "valid_from", "valid_to", "custom",
})  # fmt: skip

MOST_DECIMALS = 5
MOST_MEMBERS = 50
MOST_RELATED = 50


@dataclass(frozen=True, slots=True)
class Member:
    """What a bundle shall hold of a product: so many a bundle, in any case or by choice."""

    product: Product
    quantity: Decimal = Decimal(1)
    unit: Unit | None = None
    is_required: bool = True


@transaction.atomic
def create_product(*, by: User, **values: Any) -> Product:
    """Take something into the catalog, as a draft that cannot be sold yet."""
    require(by, "add", Product)
    product = Product()
    assign(product, values, allowed=PRODUCT_FIELDS - hidden_fields(by, "product"))
    refuse_misfit_product(product)
    product.save(force_insert=True)
    history.record(product, "created", by=by)
    outbox.publish("product.created", product, by=by)
    return product


@transaction.atomic
def change_product(
    product: Product, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Product:
    """Change what is known of a product; documents keep what was agreed."""
    product = locked(product, version=version)
    require(by, "change", product)
    if changes := assign(product, values, allowed=PRODUCT_FIELDS - hidden_fields(by, "product")):
        refuse_misfit_product(product)
        refuse_new_kind(product, changes)
        product.save()
        history.record(product, "changed", by=by, changes=changes, note=note)
        outbox.publish("product.changed", product, by=by)
    return product


@transaction.atomic
def activate_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Offer the product for sale."""
    product = locked(product, version=version)
    before = product.status
    advance(product.activate, by=by)
    return step(product, "activated", before, by)


@transaction.atomic
def revise_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Take the product out of sale while it is changed."""
    product = locked(product, version=version)
    before = product.status
    advance(product.revise, by=by)
    return step(product, "revised", before, by)


@transaction.atomic
def retire_product(product: Product, *, by: User, version: int | None = None) -> Product:
    """Stop selling the product."""
    product = locked(product, version=version)
    before = product.status
    advance(product.retire, by=by)
    return step(product, "retired", before, by)


def step(product: Product, verb: str, before: str, by: User) -> Product:
    """Save a step that was taken, remember it, tell the apps above."""
    product.save()
    history.record(product, verb, by=by, from_status=before)
    outbox.publish(f"product.{verb}", product, by=by)
    return product


@transaction.atomic
def set_members(
    bundle: Product, members: Sequence[Member], *, by: User, version: int | None = None
) -> Product:
    """Make these the members of the bundle, in this order; only while it is not on sale."""
    bundle = locked(bundle, version=version)
    require(by, "change", bundle)
    refuse_misfit_members(bundle, members)
    before = told_members(bundle)
    bundle.members.all().delete()
    BundleMember.objects.bulk_create(
        BundleMember(
            bundle=bundle, member=one.product, quantity=one.quantity, unit=one.unit, is_required=one.is_required,
            position=position,
        )
        for position, one in enumerate(members, 1)
    )  # fmt: skip
    after = told_members(bundle)
    if before != after:
        bundle.save()
        history.record(bundle, "members_changed", by=by, changes={"what it holds": [before, after]})
        outbox.publish("product.changed", bundle, by=by)
    return bundle


@transaction.atomic
def set_related(
    product: Product, related: Iterable[tuple[str, Product]], *, by: User, version: int | None = None
) -> Product:
    """Make these (kind, product) the ones worth naming beside the product."""
    product = locked(product, version=version)
    require(by, "change", product)
    wanted = list(related)
    refuse_misfit_relations(product, wanted)
    before = told_related(product)
    product.related.all().delete()
    RelatedProduct.objects.bulk_create(
        RelatedProduct(product=product, other=other, kind=kind) for kind, other in wanted
    )
    after = told_related(product)
    if before != after:
        product.save()
        history.record(product, "related_changed", by=by, changes={"related products": [before, after]})
        outbox.publish("product.changed", product, by=by)
    return product


# --- what is refused ----------------------------------------------------------------


def refuse_misfit_product(product: Product) -> None:
    """A SKU names one product, however it is spelled; quantities have up to five decimals; a period has an order."""
    if product.decimals > MOST_DECIMALS:
        raise DomainError(_("A quantity has at most 5 decimals."), code="too_many_decimals", field="decimals")
    if product.valid_from and product.valid_to and product.valid_to < product.valid_from:
        raise DomainError(_("The last day lies before the first."), code="turned_period", field="valid_to")
    if Product.objects.filter(sku__iexact=product.sku).exclude(pk=product.pk).exists():
        raise DomainError(_("There is a product with this SKU already."), code="duplicate_sku", field="sku")


def refuse_new_kind(product: Product, changes: dict[str, Any]) -> None:
    """What has members stays a bundle, and what stands in a bundle does not become one."""
    if "kind" not in changes:
        return
    if product.kind != Product.Kind.BUNDLE and product.members.exists():
        raise DomainError(
            _("It has members, so it stays a bundle; take them out first."), code="has_members", field="kind"
        )
    if product.kind == Product.Kind.BUNDLE and BundleMember.objects.filter(member=product).exists():
        raise DomainError(
            _("It stands in a bundle, and there are no bundles inside bundles."),
            code="is_member",
            field="kind",
        )


def refuse_misfit_members(bundle: Product, members: Sequence[Member]) -> None:
    """Who may be a member of this bundle, and how much of it; every misfit is named by its place."""
    if bundle.kind != Product.Kind.BUNDLE:
        raise DomainError(
            _("%(product)s is no bundle.") % {"product": bundle.sku}, code="no_bundle", field="kind"
        )
    if bundle.status not in (Product.Status.DRAFT, Product.Status.UNDER_REVISION):
        raise DomainError(
            _("Members are changed in a draft or under revision: revise the bundle first."),
            code="bundle_on_sale", field="status",
        )  # fmt: skip
    if len(members) > MOST_MEMBERS:
        raise DomainError(
            _("A bundle has at most %(count)s members.") % {"count": MOST_MEMBERS},
            code="too_many_members", field="members",
        )  # fmt: skip
    refuse_all(
        Blocker(code, text, f"members.{index}.{field}")
        for index, one in enumerate(members)
        for code, text, field in wrong_member(bundle, one, members[:index])
    )


def wrong_member(bundle: Product, one: Member, before: Sequence[Member]) -> list[tuple[str, Any, str]]:
    """What is wrong with one member, as (code, words, field)."""
    product, sku = one.product, {"product": one.product.sku}
    unit = one.unit or product.unit
    wrong: list[tuple[str, Any, str]] = []
    if product.pk == bundle.pk:
        wrong.append(("own_member", _("A bundle does not hold itself."), "product"))
    elif product.kind == Product.Kind.BUNDLE:
        wrong.append(("bundle_in_bundle", _("%(product)s is a bundle itself.") % sku, "product"))
    if product.status == Product.Status.RETIRED:
        wrong.append(("member_retired", _("%(product)s is retired.") % sku, "product"))
    if any(other.product.pk == product.pk for other in before):
        wrong.append(("member_twice", _("%(product)s is a member already.") % sku, "product"))
    if not one.quantity.is_finite() or one.quantity <= 0:
        wrong.append(("quantity_not_positive", _("The quantity must be more than zero."), "quantity"))
    elif -one.quantity.normalize().as_tuple().exponent > product.decimals:  # type: ignore[operator]
        text = _("%(product)s is sold with at most %(count)s decimals.") % {**sku, "count": product.decimals}
        wrong.append(("too_many_decimals", text, "quantity"))
    if unit.group_id != product.unit.group_id:
        text = _("%(product)s is not sold by the %(unit)s.") % {**sku, "unit": unit.name}
        wrong.append(("unit_not_convertible", text, "unit"))
    return wrong


def refuse_misfit_relations(product: Product, related: Sequence[tuple[str, Product]]) -> None:
    """A product is named beside another one, once a kind."""
    if len(related) > MOST_RELATED:
        text = _("At most %(count)s products are related.") % {"count": MOST_RELATED}
        raise DomainError(text, code="too_many_related", field="related")
    blockers = []
    for index, (kind, other) in enumerate(related):
        if other.pk == product.pk:
            itself = _("A product is not related to itself.")
            blockers.append(Blocker("own_relation", itself, f"related.{index}.product"))
        elif (kind, other) in related[:index]:
            text = _("%(product)s is named twice.") % {"product": other.sku}
            blockers.append(Blocker("related_twice", text, f"related.{index}.product"))
        if kind not in RelatedProduct.Kind.values:
            blockers.append(Blocker("unknown_kind", _("Say how they are related."), f"related.{index}.kind"))
    refuse_all(blockers)


def refuse_all(blockers: Iterable[Blocker]) -> None:
    """Refuse for all of these reasons at once; none is fine."""
    if found := list(blockers):
        raise DomainError(found[0].text, code=found[0].code, field=found[0].field, blockers=found)


# --- in the words of the history ----------------------------------------------------


def told_members(bundle: Product) -> str:
    """The members of a bundle."""
    rows = bundle.members.select_related("member", "unit").order_by("position", "id")
    return ", ".join(
        f"{row.quantity.normalize():f} {f'{row.unit.code} ' if row.unit else ''}{row.member.sku}"
        f"{'' if row.is_required else ' (optional)'}"
        for row in rows
    )


def told_related(product: Product) -> str:
    """The products related to one."""
    rows = product.related.select_related("other").order_by("kind", "id")
    return ", ".join(f"{row.get_kind_display()}: {row.other.sku}" for row in rows)
