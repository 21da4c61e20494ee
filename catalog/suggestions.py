"""What is worth naming beside a product that was just chosen."""

from catalog.models import Product, RelatedProduct

MOST = 3


def goes_with(sku: str) -> list[Product]:
    """What goes with the product, accessories first; one query, and only for products."""
    if not sku:
        return []
    kinds = (RelatedProduct.Kind.ACCESSORY, RelatedProduct.Kind.CROSS_SELL)
    asked = RelatedProduct.objects.filter(
        product__sku=sku, kind__in=kinds, other__status=Product.Status.ACTIVE
    )
    return [one.other for one in asked.select_related("other").order_by("kind", "id")[:MOST]]
