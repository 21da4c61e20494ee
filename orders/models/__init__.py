"""Orders: confirmed requests, handed to the ERP when they are submitted."""

from orders.models.lines import OrderLine, Shipment, ShipmentLine
from orders.models.order import Order
from orders.models.requests import ChangeRequest, ChangeRequestLine

__all__ = ["ChangeRequest", "ChangeRequestLine", "Order", "OrderLine", "Shipment", "ShipmentLine"]
