"""What can be done to families of products: made, changed, and their products put on sale together."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.actions.products import step
from catalog.models import Product, ProductFamily
from catalog.reference import change_reference, create_reference, delete_reference
from catalog.selectors import family_ids
from kernel.errors import DomainError
from kernel.lifecycle import advance
from people.access import require
from people.models import User


@transaction.atomic
def create_family(*, by: User, **values: Any) -> ProductFamily:
    """Start a family, perhaps below another one."""
    return create_reference(ProductFamily, by=by, **values)


@transaction.atomic
def change_family(family: ProductFamily, *, by: User, **values: Any) -> ProductFamily:
    """Rename a family or move it in the tree, never below itself."""
    parent = values.get("parent")
    if parent is not None and parent.pk in family_ids(family):
        raise DomainError(_("A family cannot stand below itself."), code="circular_family", field="parent")
    return change_reference(family, by=by, **values)


@transaction.atomic
def delete_family(family: ProductFamily, *, by: User) -> None:
    """Take out a family that nothing belongs to."""
    delete_reference(family, by=by)


@transaction.atomic
def activate_family(family: ProductFamily, *, by: User) -> list[Product]:
    """Put every draft of the family and of those below it on sale, and what is under revision back: all or none.

    Raises TransitionRefused naming the first product that cannot be sold yet. Bundles come last, after their members.
    """
    require(by, "activate", Product)
    waiting = Product.objects.select_for_update(of=("self",)).filter(
        family__in=family_ids(family), status__in=[Product.Status.DRAFT, Product.Status.UNDER_REVISION]
    )
    products = sorted(waiting, key=lambda product: (product.kind == Product.Kind.BUNDLE, product.sku))
    for product in products:
        before = product.status
        advance(product.activate, by=by)
        step(product, "activated", before, by)
    return products
