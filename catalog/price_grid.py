"""The prices of a list as a grid: one row a product and unit, amounts or percentages in cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.actions import Price, set_prices
from catalog.figures import read_figure, show_figure
from catalog.models import PriceList, PriceListItem, Unit
from catalog.typed_lines import find_products, meant_product, plain
from kernel.errors import Blocker, DomainError
from kernel.forms import attempt
from kernel.writing import whole_number
from people.models import User

BLANK = 3


@dataclass
class GridRow:
    """A price as texts; ``item`` is the key of the item it stands for, empty in a new row."""

    item: str = ""
    product: str = ""
    unit: str = ""
    method: str = PriceListItem.Method.AMOUNT
    figure: str = ""
    remove: bool = False
    problem: str = ""
    shown: str = ""  # what it comes to today
    lacks: str = ""  # what is missing for that
    more: str = ""  # rounding, quantities sold, discount list, in words
    method_name: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.item or self.product.strip() or self.figure.strip())


@dataclass
class GridProblems:
    """What kernel.forms.attempt writes to."""

    fields: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    refusal: DomainError | None = None

    def add_error(self, _name: None, text: str) -> None:
        self.errors.append(text)


class PriceGrid:
    """Rows shown or typed, with what is wrong with them."""

    methods = PriceListItem.Method.choices

    def __init__(self, rows: Sequence[GridRow]) -> None:
        self.rows = list(rows)
        self.errors: list[str] = []
        self.status = 200

    @classmethod
    def of(cls, items: Sequence[PriceListItem], *, hides_costs: bool = False) -> "PriceGrid":
        return cls([row_of(item, hides_costs=hides_costs) for item in items])

    @classmethod
    def typed(cls, data: Any) -> "PriceGrid":
        names = ("item", "product", "unit", "method", "figure")
        columns = [[plain(text) for text in data.getlist(name)] for name in names]
        removed = set(data.getlist("remove"))
        rows = [GridRow(*values) for values in zip(*columns, strict=False)]
        for row in rows:
            row.remove = bool(row.item) and row.item in removed
        return cls([row for row in rows if not row.is_empty])

    def save(self, price_list: PriceList, *, by: User, version: int | None) -> bool:
        """Set the prices; False where something does not fit, then each row says what."""
        problems = GridProblems()
        kept = [row for row in self.rows if not row.remove]
        removed = [key for row in self.rows if row.remove and (key := whole_number(row.item)) is not None]
        done = attempt(
            problems,  # type: ignore[arg-type]
            lambda: set_prices(price_list, self.read(kept), by=by, removed=removed, version=version),
        )
        if done is not None:
            return True
        refusal = problems.refusal
        self.status = refusal.status if refusal else 422
        for blocker in refusal.blockers if refusal else []:
            path = blocker.field.split(".")
            if len(path) == 3 and path[1].isdecimal():
                kept[int(path[1])].problem = str(blocker.text)
        self.errors = problems.errors
        return False

    def read(self, rows: Sequence[GridRow]) -> list[Price]:
        """What the rows ask for; every misfit is named by its row."""
        products = find_products({row.product.strip() for row in rows} - {""})
        codes = {row.unit.strip() for row in rows} - {""}
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
        blockers: list[Blocker] = []
        prices = []
        for index, row in enumerate(rows):
            product, _description = meant_product(row.product, products)
            unit = units.get(row.unit.strip()) if row.unit.strip() else (product.unit if product else None)
            figure = read(row.figure)
            wrong = problem(row, product, unit, figure)
            if wrong:
                blockers.append(Blocker("bad_row", wrong, f"prices.{index}.product"))
            elif product is not None and unit is not None:
                if row.method == PriceListItem.Method.AMOUNT:
                    prices.append(Price(product, unit, amount=figure))
                else:
                    prices.append(Price(product, unit, method=row.method, percent=figure))
        if blockers:
            raise DomainError(blockers[0].text, code="bad_row", field=blockers[0].field, blockers=blockers)
        return prices


BY_COST = frozenset(
    method for method in PriceListItem.Method.values if method.startswith(("markup", "margin"))
)


def row_of(item: PriceListItem, *, hides_costs: bool = False) -> GridRow:
    """A price as texts; a percentage on a cost would betray the cost beside its price."""
    is_amount = item.method == PriceListItem.Method.AMOUNT
    figure = show_figure(item.amount, 2) if is_amount else show_figure(item.percent)
    return GridRow(
        str(item.pk), f"{item.product.sku} {item.product.name}", item.unit.code, item.method,
        "" if hides_costs and item.method in BY_COST else figure,
        more=told_extras(item), method_name=item.get_method_display(),
    )  # fmt: skip


def told_extras(item: PriceListItem) -> str:
    """Rounding, quantities sold and discount list of a price, in words."""
    words = []
    if item.rounding != PriceListItem.Rounding.NONE and item.rounding_amount is not None:
        rule = f"{item.get_rounding_display()}, {item.get_rounding_option_display()}".lower()
        words.append(f"{rule} {show_figure(item.rounding_amount)}")
    if item.selling != PriceListItem.Selling.NO_CONTROL:
        words.append(str(item.get_selling_display()).lower())
    if item.discount_list:
        words.append(item.discount_list.name)
    return " · ".join(words)


def problem(row: GridRow, product: Any, unit: Any, figure: Decimal | None) -> str:
    """Why the row is not a price; empty when it is one."""
    if product is None:
        return _("There is no product “%(text)s”.") % {"text": row.product.strip()[:40]}
    if unit is None:
        return _("There is no unit “%(text)s”.") % {"text": row.unit.strip()[:20]}
    if figure is None:
        return _("%(product)s needs a price, such as 9.50.") % {"product": product.sku}
    if abs(figure) >= Decimal(10) ** 10 or (
        row.method != PriceListItem.Method.AMOUNT and abs(figure) > 10000
    ):
        return _("%(product)s: that number is too large.") % {"product": product.sku}
    return "" if row.method in PriceListItem.Method.values else _("Choose a method.")


def read(text: str) -> Decimal | None:
    try:
        return read_figure(text)
    except ValueError:
        return None
