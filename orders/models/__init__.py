"""Orders: confirmed requests, handed to the ERP when they are submitted."""

from orders.models.lines import OrderLine, Shipment, ShipmentLine
from orders.models.order import Order

__all__ = ["Order", "OrderLine", "Shipment", "ShipmentLine"]
