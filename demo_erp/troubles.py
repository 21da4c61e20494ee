"""What this ERP knows of certain products without being told, so that a demonstration has every state to show."""

from demo_erp.store import Document

BLOCKED = {
    "DRV-2": "product DRV-2 is blocked for sale since its series ended; order DRV-3 instead",
}
# The clock leaves an order with such a product at this stage; people may push it on.
HELD = {
    "CNC-120": ("accepted", "it is made to order; production starts next month"),
    "FLT-9": ("partly shipped", "the rest is on backorder"),
    "SRV-ACC": ("shipped", "it is invoiced when the customer has signed the acceptance"),
    "LIC-CAM": ("invoiced", "the customer pays late"),
}


def why_blocked(product: str) -> str:
    """Why the ERP refuses to sell a product; empty where it does not."""
    return BLOCKED.get(product, "")


def why_held(order: Document) -> str:
    """Why the clock leaves an order where it is; empty where it does not."""
    reasons = (HELD.get(line["product_code"], ("", "")) for line in order["lines"])
    return next((reason for stage, reason in reasons if stage == order["stage"]), "")
