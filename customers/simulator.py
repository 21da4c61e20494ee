"""What so much of a product would cost this customer on that day, and why: a price without a document."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.documents import usual_profile
from catalog.models import Currency, PriceList, Product, Unit
from catalog.price_grid import BY_COST
from catalog.prices import PriceRequest, Reason, ResolvedPrice, resolve_price
from catalog.rates import rate_on
from catalog.taxes import ResolvedTax, resolve_taxes
from catalog.totals import in_base
from catalog.usual_lists import Usual
from customers.models import Account
from customers.terms import usual_currency, usual_for
from kernel.errors import DomainError
from kernel.pricing import HeaderInput, LineInput, Priced, Profile, price

ONE = Decimal(1)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: how much of what, for whom, in which money, on which day, by which list if not the usual one."""

    product: Product
    quantity: Decimal = ONE
    unit: Unit | None = None
    account: Account | None = None
    currency: Currency | None = None
    price_list: PriceList | None = None
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Margin:
    """What is earned: only for those who may see costs."""

    cost: Decimal
    earned: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The price with everything that led to it."""

    unit: Unit
    currency: Currency
    on: dt.date
    price_list: PriceList | None
    price: ResolvedPrice
    amounts: Priced
    tax: ResolvedTax | None
    because: tuple[str, ...]
    problems: tuple[str, ...]
    margin: Margin | None = None

    @property
    def net_unit_price(self) -> Decimal:
        """What one unit costs after the volume discount."""
        return self.price.unit_price - self.price.volume_discount


def simulate(asked: Question, *, shows_costs: bool) -> Answer:
    """The answer by the same rules that a document is priced by; raises DomainError where there is no price."""
    on = asked.on or timezone.localdate()
    given: Mapping[str, Any] = {
        "account": asked.account, "currency": asked.currency, "price_list": asked.price_list, "effective_from": on,
    }  # fmt: skip
    refuse_misfit(asked)
    currency = asked.currency or usual_currency(given)
    usual = Usual(asked.price_list, "said") if asked.price_list else usual_for(given, currency)
    unit = asked.unit or asked.product.unit
    request = PriceRequest(asked.product, unit.pk, asked.quantity)
    found = resolve_price(request, price_list=usual.price_list, on=on, currency=currency)
    tax = tax_of(asked, on)
    amounts = amounts_of(asked, found, tax, currency)
    told = [told_list(usual), told_price(found, shows_costs), told_rate(currency, on), told_tax(asked, tax)]
    return Answer(
        unit=unit, currency=currency, on=on, price_list=usual.price_list, price=found, amounts=amounts, tax=tax,
        because=tuple(text for texts in told for text in texts), problems=problems_of(asked, found, on),
        margin=margin_of(asked, unit, currency, amounts, on) if shows_costs else None,
    )  # fmt: skip


def amounts_of(asked: Question, found: ResolvedPrice, tax: ResolvedTax | None, currency: Currency) -> Priced:
    """What a document with this one line would come to."""
    line = LineInput(
        "1", asked.quantity, found.unit_price, volume_discount=found.volume_discount,
        tax_rate=tax.rate if tax else Decimal(0),
    )  # fmt: skip
    return price([line], HeaderInput(digits=currency.digits, profile=Profile(usual_profile())))


def refuse_misfit(asked: Question) -> None:
    """Some of it, and a list in the currency that was asked for."""
    if not asked.quantity.is_finite() or asked.quantity <= 0:
        raise DomainError(
            _("The quantity must be more than zero."), code="quantity_not_positive", field="quantity"
        )


def tax_of(asked: Question, on: dt.date) -> ResolvedTax | None:
    """The tax where the customer is; without a customer, as it is everywhere."""
    account, code = asked.account, asked.product.tax_code_id
    if code is None:
        return None
    country, region = (account.country, account.region) if account else ("", "")
    treatment = account.tax_treatment if account else "normal"
    return resolve_taxes({code}, country=country, region=region, on=on, treatment=treatment)[code]


def told_list(usual: Usual) -> list[str]:
    """Which price list counts, and why."""
    if usual.code == "said":
        return [_("%(list)s, because it was asked for") % {"list": usual.price_list}]
    if usual.price_list is None:
        return [usual.because]
    return [_("%(list)s, because it is %(why)s") % {"list": usual.price_list, "why": usual.because}]


def told_price(found: ResolvedPrice, shows_costs: bool) -> list[str]:
    """The steps to the price; what would betray a cost is left out for those who may not see it."""
    item = found.price_list_item
    if shows_costs or item is None or item.method not in BY_COST:
        return [reason.text for reason in found.because]
    return [without_cost(reason) for reason in found.because if reason.code != "rounded"]


def without_cost(reason: Reason) -> str:
    if reason.code != "price_list_item_percent":
        return reason.text
    return _("%(list)s, %(method)s") % {
        "list": reason.figures["price_list"],
        "method": reason.figures["method"],
    }


def told_rate(currency: Currency, on: dt.date) -> list[str]:
    """How list price and cost came into another currency."""
    if currency.is_base:
        return []
    rate = f"{rate_on(currency, on).normalize():f}"
    words = {"code": currency.code, "rate": rate, "day": on.isoformat()}
    return [_("base currency converted on %(day)s: 1 %(code)s is worth %(rate)s") % words]


def told_tax(asked: Question, tax: ResolvedTax | None) -> list[str]:
    if tax is None:
        return [_("no tax code, so no tax")]
    return [f"{asked.product.tax_code}: {tax.because}"]


def problems_of(asked: Question, found: ResolvedPrice, on: dt.date) -> tuple[str, ...]:
    """Why a document would not take it like this."""
    product = asked.product
    problems = [str(found.problem.text)] if found.problem else []
    if product.status != Product.Status.ACTIVE:
        problems.append(_("%(product)s is not for sale.") % {"product": product.sku})
    if not product.sold_on(on):
        problems.append(
            _("%(product)s is not sold on %(day)s.") % {"product": product.sku, "day": on.isoformat()}
        )
    return tuple(problems)


def margin_of(asked: Question, unit: Unit, currency: Currency, amounts: Priced, on: dt.date) -> Margin | None:
    """What is earned in base currency; unknown without a cost."""
    product = asked.product
    cost = product.current_cost if product.current_cost is not None else product.standard_cost
    if cost is None:
        return None
    whole = in_base(cost * asked.quantity * unit.factor / product.unit.factor, ONE)
    net = in_base(amounts.detail, rate_on(currency, on))
    earned = net - whole
    return Margin(whole, earned, earned / net * HUNDRED if net else None)
