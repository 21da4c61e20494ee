"""Dated exchange rates to the base currency."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.models import Currency, ExchangeRate
from kernel.errors import DomainError


def base_currency() -> Currency:
    """The currency the organisation reports in."""
    currency = Currency.objects.filter(is_base=True).first()
    if currency is None:
        raise DomainError(_("No base currency is set up yet."), code="no_base_currency", field="currency")
    return currency


def rate_on(currency: Currency, day: dt.date) -> Decimal:
    """What one unit of the currency is worth in base currency on that day.

    Raises DomainError when no rate is known, rather than reporting a wrong figure.
    """
    if currency.is_base:
        return Decimal(1)
    rate = (
        ExchangeRate.objects.filter(currency=currency, valid_from__lte=day)
        .order_by("-valid_from")
        .values_list("rate", flat=True)
        .first()
    )
    if rate is None:
        raise DomainError(
            _("There is no exchange rate for %(currency)s on %(day)s.")
            % {"currency": currency.code, "day": day},
            code="no_exchange_rate",
            field="currency",
        )
    return rate
