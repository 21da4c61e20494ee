"""Generated sales through the database, by the actions people use: quote, order, partial invoices, credit notes."""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from catalog.documents import LineKind
from catalog.lines import LineChange
from catalog.models import DiscountList, DiscountTier, PriceListItem
from invoices.actions import confirm_invoice, credit_invoice, invoice_from_order
from orders.actions import accept_quote, submit_order
from quotes.actions import activate_quote, create_quote
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)

ZERO = Decimal(0)
FINEST = Decimal("0.00001")  # of a quantity
CURRENCIES = {0: "JPY", 2: "EUR", 3: "KWD"}


@dataclass
class Sale:
    """What was made, from the offer to what was given back."""

    quote: Any
    order: Any
    invoices: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)


class Market:
    """Goods and prices of one currency, and one person who may do everything."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.boss = UserFactory(role="administrator")
        self.currency = CurrencyFactory(code=CURRENCIES[digits], digits=digits)
        if not self.currency.is_base:
            CurrencyFactory(code="EUR")
            if not self.currency.rates.exists():
                ExchangeRateFactory(currency=self.currency, rate=Decimal("0.61803399"))
        self.terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
        self.taxes = [TaxCodeFactory(rate=rate) for rate in (0, 7, 19, 22)]
        self.account = AccountFactory()
        self.prices = PriceListFactory(currency=self.currency)
        self.products = [self.product(number) for number in range(6)]

    def product(self, number: int) -> Any:
        """A product with a price by another method than the one before it."""
        dozen = UnitFactory(code="dz", name="dozen", factor=12)
        made = ProductFactory(decimals=5, unit=UnitFactory(), list_price=Decimal("37.77") * (number + 1),
                              current_cost=Decimal("20.20"), standard_cost=Decimal("19.10"))  # fmt: skip
        methods = ["amount", "percent_of_list", "markup_current", "margin_standard", "amount", ""]
        method = methods[number]
        columns = {"amount": Decimal("12.3456")} if method == "amount" else {"percent": Decimal("33.3")}
        rounding = {"rounding": "up", "rounding_option": "ends_in", "rounding_amount": Decimal("0.95")}
        if method:
            PriceListItem.objects.create(
                price_list=self.prices, product=made, unit=dozen if number == 4 else made.unit, method=method,
                discount_list=self.tiers(number), **columns, **(rounding if number == 2 else {}),
            )  # fmt: skip
        return made

    def tiers(self, number: int) -> DiscountList:
        kind = "percent" if number % 2 else "amount"
        found, _made = DiscountList.objects.get_or_create(name=f"Tiers {kind}", kind=kind)
        if not found.tiers.exists():
            DiscountTier.objects.create(discount_list=found, low=10, value=Decimal("1.25"))
        return found

    def line(self, random: Random) -> LineChange:
        """A line as people write it: from the list, by hand or in free words, with or without a discount."""
        product = random.choice([*self.products, None])
        quantity = Decimal(random.randint(1, 400)) / random.choice([1, 1, 1, 8, 100])
        price = None
        if product is None or random.random() < 0.4:
            price = Decimal(random.randint(0, 90_000)) / random.choice([1, 100, 10_000])
        kind = LineKind.OPTIONAL if random.random() < 0.1 else LineKind.ITEM
        return LineChange(
            product=product, description="" if product else "In our own words", quantity=quantity, unit_price=price,
            kind=kind, discount_percent=random.choice([None, None, None, Decimal("7.5"), Decimal("33.3333")]),
            tax_code=random.choice([None, *self.taxes]), typed_tax=random.choice([None, None, Decimal("1.5")]),
        )  # fmt: skip

    def offer(self, random: Random, profile: str) -> Any:
        """An active quote with up to six lines, a heading and a note among them."""
        lines = [self.line(random) for _ in range(random.randint(1, 6))]
        lines[0] = LineChange(product=self.products[0], quantity=Decimal(7), tax_code=self.taxes[2])
        if random.random() < 0.5:
            lines.insert(0, LineChange(kind=LineKind.SECTION, description="Machines", quantity=ZERO))
        unit = Decimal(1).scaleb(-self.digits)
        quote = create_quote(
            by=self.boss, name="Deal", account=self.account, currency=self.currency, price_list=self.prices,
            rounding_profile=profile, payment_terms=self.terms, lines=lines,
            discount_percent=random.choice([ZERO, Decimal("12.5")]),
            discount_amount=random.choice([ZERO, ZERO, Decimal(3)]),
            freight=(random.choice([ZERO, Decimal("9.99"), Decimal(120)])).quantize(unit, ROUND_DOWN),
            freight_tax_code=random.choice([None, self.taxes[2]]),
        )  # fmt: skip
        return activate_quote(quote, by=self.boss)

    def sell(self, random: Random, profile: str) -> Sale:
        """The whole way: offered, ordered, billed in parts, some of it given back."""
        quote = self.offer(random, profile)
        sale = Sale(quote, submit_order(accept_quote(quote, by=self.boss), by=self.boss))
        self.bill(sale, random)
        for invoice in sale.invoices[:-1]:
            self.give_back(sale, invoice, random)
        sale.order.refresh_from_db()
        return sale

    def bill(self, sale: Sale, random: Random) -> None:
        """Up to three invoices of random quantities, then one of the rest."""
        for _ in range(random.randint(0, 3)):
            parts = {
                line.key: (ready * random.choice([0, 25, 50, 100]) / 100).quantize(FINEST, ROUND_DOWN)
                for line in self.ordered(sale.order)
                if (ready := line.quantity_to_invoice)
            }
            if any(parts.values()) and sale.order.billing != "complete":
                sale.invoices.append(
                    self.confirmed(invoice_from_order(sale.order, by=self.boss, quantities=parts))
                )
                sale.order.refresh_from_db()
        if sale.order.billing != "complete":
            sale.invoices.append(self.confirmed(invoice_from_order(sale.order, by=self.boss)))
            sale.order.refresh_from_db()

    def ordered(self, order: Any) -> list[Any]:
        lines = list(order.lines.all())
        for line in lines:
            line.order = order
        return lines

    def confirmed(self, invoice: Any) -> Any:
        return confirm_invoice(invoice, by=self.boss)

    def give_back(self, sale: Sale, invoice: Any, random: Random) -> None:
        """Credit part of an invoice, then all the rest of it."""
        some = {
            line.key: (line.quantity * random.choice([0, 30, 100]) / 100).quantize(
                Decimal("0.00001"), ROUND_DOWN
            )
            for line in invoice.lines.all()
        }
        worth = sum((line.total for line in invoice.lines.all() if some[line.key]), ZERO)
        if worth > 1:
            sale.notes.append(credit_invoice(invoice, by=self.boss, quantities=some))
        invoice.refresh_from_db()
        if invoice.creditable > 4 and random.random() < 0.5:
            sale.notes.append(credit_invoice(invoice, by=self.boss, amount=Decimal(3)))
            invoice.refresh_from_db()
        if invoice.creditable > 0:
            sale.notes.append(credit_invoice(invoice, by=self.boss))
