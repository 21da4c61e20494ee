"""What a customer owes, for the credit check of orders."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Sum, When

from catalog.fields import exact
from invoices.models import Invoice

MONEY: Any = DecimalField(max_digits=20, decimal_places=4)


def owed_by(account: Any) -> Decimal:
    """Open balances of the account's invoices, and all of those not yet numbered, in base currency; one query."""
    found = Invoice.objects.filter(account=account, kind=Invoice.Kind.INVOICE)
    found = found.exclude(status=Invoice.Status.CANCELED).exclude(number__isnull=False, balance__lte=0)
    open_part = Case(When(number__isnull=True, then=F("total")), default=F("balance"), output_field=MONEY)
    in_base = ExpressionWrapper(open_part * F("exchange_rate"), output_field=MONEY)
    return exact(found.order_by().aggregate(sum=Sum(in_base))["sum"])
