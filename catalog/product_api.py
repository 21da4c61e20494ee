"""Products through the API: what they are, what bundles hold, what goes with them."""

from typing import Any

from rest_framework import serializers

from catalog import actions
from catalog.bodies import CodeRef
from catalog.models import (
    BundleMember,
    Product,
    ProductFamily,
    RelatedProduct,
    TaxCode,
    Unit,
)
from kernel.api import choice, exact, search, since
from kernel.bodies import RecordBody, Ref, RefList, Refusing, StepBody, many
from people.removing_api import Removing
from people.resources import RecordViewSet, verb


class ProductBody(RecordBody):
    """Something we sell."""

    family = CodeRef(ProductFamily, by=("name",), help_text="Product family, by name.")
    unit = CodeRef(Unit, required=True, allow_null=False, help_text="Unit it is sold in, by code.")
    tax_code = CodeRef(TaxCode, help_text="Tax, by code.")

    reserved_as = "product"
    related = ("family", "unit", "tax_code")
    helps = {
        "sku": "Stock keeping unit; unique.",
        "description": "What it is.",
        "kind": "Product, service or bundle.",
        "decimals": "Decimals a quantity may have, 0 to 5.",
        "list_price": "Price of one unit in base currency.",
        "standard_cost": "Standard cost of one unit in base currency; only for some roles.",
        "current_cost": "Current cost of one unit in base currency; only for some roles.",
        "valid_from": "First day of sale.",
        "valid_to": "Last day of sale.",
    }

    class Meta:
        model = Product
        fields: tuple[str, ...] = (
            "id", "version", "created_at", "updated_at", "sku", "name", "description", "kind", "family", "unit",
            "decimals", "list_price", "standard_cost", "current_cost", "tax_code", "valid_from", "valid_to", "status",
            "custom",
        )  # fmt: skip
        read_only_fields = ("status",)
        extra_kwargs = {
            "list_price": {"min_value": 0},
            "decimals": {"max_value": 5},
            "sku": {"validators": []},
        }
        validators: list[Any] = []


class MemberBody(Refusing, serializers.ModelSerializer[Any]):
    """What a bundle holds of a product."""

    product = Ref(Product, by=("sku", "public_id"), source="member", help_text="Product by SKU or id.")
    unit = CodeRef(Unit, help_text="Unit by code; null: the product's own.")

    helps = {
        "quantity": "How many in each bundle.",
        "is_required": "Whether it comes with every bundle; else it is offered beside it.",
    }

    class Meta:
        model = BundleMember
        fields: tuple[str, ...] = ("product", "quantity", "unit", "is_required")
        extra_kwargs = {"quantity": {"min_value": 0}}
        validators: list[Any] = []
        list_serializer_class = RefList


class RelatedBody(Refusing, serializers.ModelSerializer[Any]):
    """A product worth naming beside another one."""

    product = Ref(Product, by=("sku", "public_id"), source="other", help_text="Product by SKU or id.")

    helps = {"kind": "How it is related: cross_sell, up_sell, accessory or substitute."}

    class Meta:
        model = RelatedProduct
        fields: tuple[str, ...] = ("kind", "product")
        validators: list[Any] = []
        list_serializer_class = RefList


class WholeProductBody(ProductBody):
    """Something we sell, with what it holds and what goes with it; both are set by steps of their own."""

    members = many(MemberBody, read_only=True, help_text="What a bundle holds, in order.")
    related_products = many(
        RelatedBody, source="related", read_only=True, help_text="What is worth naming beside it."
    )

    prefetched = ("members__member", "members__unit", "related__other")

    class Meta(ProductBody.Meta):
        fields: tuple[str, ...] = (*ProductBody.Meta.fields, "members", "related_products")


class MembersBody(StepBody):
    """All members of a bundle."""

    members = many(MemberBody, max_length=actions.MOST_MEMBERS, help_text="All members, in order.")


class RelatedProductsBody(StepBody):
    """All products related to one."""

    related_products = many(RelatedBody, max_length=actions.MOST_RELATED, help_text="All related products.")


class ProductViewSet(Removing, RecordViewSet):
    """What we sell."""

    body = WholeProductBody
    row = ProductBody
    create_action = actions.create_product
    change_action = actions.change_product
    filters = {
        "q": search(),
        "status": choice("status", Product.Status.choices, "Status"),
        "kind": choice("kind", Product.Kind.choices, "Kind"),
        "sku": exact("sku", "SKU."),
        "family": exact("family__name", "Product family by name, without those below it."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "sku", "name", "list_price")}

    @verb()
    def activate(self, product: Product) -> Product:
        """Offer it for sale."""
        return actions.activate_product(product, by=self.by)

    @verb()
    def revise(self, product: Product) -> Product:
        """Take it out of sale while it is changed."""
        return actions.revise_product(product, by=self.by)

    @verb()
    def retire(self, product: Product) -> Product:
        """Stop selling it."""
        return actions.retire_product(product, by=self.by)

    @verb(MembersBody)
    def members(self, product: Product, *, members: Any) -> Product:
        """Say what a bundle holds; only while it is not on sale."""
        wanted = [
            actions.Member(one["member"], **{name: one[name] for name in one if name != "member"})
            for one in members
        ]
        return actions.set_members(product, wanted, by=self.by)

    @verb(RelatedProductsBody, name="related")
    def relate(self, product: Product, *, related_products: Any) -> Product:
        """Say what is worth naming beside it."""
        wanted = [(one["kind"], one["other"]) for one in related_products]
        return actions.set_related(product, wanted, by=self.by)
