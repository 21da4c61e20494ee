"""Who keeps quotes, orders and invoices: this CRM, or an ERP it is connected to."""

from typing import Literal

from kernel.outbox_models import ComponentOwnership

Owner = Literal["crm", "erp"]


def owner_of(component: str) -> Owner:
    """The system of record of a component; without any connection it is the CRM."""
    current = ComponentOwnership.objects.current().filter(component=component)
    erp_keeps_it = current.filter(owner=ComponentOwnership.Owner.ERP).exists()
    return "erp" if erp_keeps_it else "crm"


def destination(component: str) -> str:
    """The connection that documents of a component are pushed to, or nothing."""
    pushing = ComponentOwnership.objects.current().filter(component=component, push=True)
    return pushing.values_list("connection_code", flat=True).first() or ""


def pulls(component: str, connection_code: str) -> bool:
    """Whether documents of a component are brought in from this connection."""
    current = ComponentOwnership.objects.current().filter(component=component, pull=True)
    return current.filter(connection_code=connection_code).exists()
