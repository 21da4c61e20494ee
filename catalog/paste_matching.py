"""Pasted rows become lines: which products they mean, which they may mean, and what was decided about the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.changes import LineChange
from catalog.models import Product, Unit
from catalog.pasted import MOST_ROWS, Pasted, cells_of, figure, table_of
from catalog.typed_lines import by_code
from kernel.errors import DomainError
from kernel.models import fold

FREE, OUT = "free", "out"
MOST_CANDIDATES = 5
MOST_SEARCHED = 60  # texts that products are searched for by words
MOST_FOUND = 400
MOST_TEXTS = 6000  # asked for in one statement


@dataclass(slots=True)
class PastedRow:
    """One row: what it says, the product it means or those it may mean, and what becomes of it."""

    number: int
    sku: str
    name: str
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    discount: Decimal | None = None
    unit: Unit | None = None
    product: Product | None = None
    candidates: list[Product] = field(default_factory=list)
    choice: str = ""
    problem: str = ""

    @property
    def state(self) -> str:
        if self.problem:
            return "problem"
        return "matched" if self.product else "ambiguous" if self.candidates else "unknown"

    @property
    def text(self) -> str:
        return " ".join(filter(None, (self.sku, self.name)))

    @property
    def chosen(self) -> Product | None:
        return self.product or next((one for one in self.candidates if str(one.pk) == self.choice), None)

    def change(self) -> LineChange | None:
        """The line it becomes; nothing where it is left out."""
        if self.problem or (self.product is None and self.choice == OUT):
            return None
        product = self.chosen
        price = self.price if product or self.price is not None else Decimal(0)
        return LineChange(
            product=product, description=product.name if product else self.text[:500], quantity=self.quantity,
            unit=self.unit, unit_price=price, discount_percent=self.discount,
            tax_code=product.tax_code if product else None,
        )  # fmt: skip


@dataclass(slots=True)
class Paste:
    """A whole pasted table, ready to be looked at and taken over."""

    table: Pasted
    rows: list[PastedRow]

    def count(self, state: str) -> int:
        return sum(1 for row in self.rows if row.state == state)

    def changes(self) -> list[LineChange]:
        return [change for row in self.rows if (change := row.change()) is not None]


def read_paste(data: Any) -> Paste:
    """What was pasted and decided so far; at most five queries, however many rows. Raises DomainError."""
    text = data.get("text", "")
    rows = cells_of(text)
    if not rows:
        raise DomainError(_("There is nothing in it."), code="nothing_pasted", field="text")
    if len(rows) > MOST_ROWS + 1:
        raise DomainError(
            _("These are %(count)s rows; at most %(most)s can be added at once.")
            % {"count": len(rows), "most": MOST_ROWS},
            code="too_many_rows", field="text",
        )  # fmt: skip
    products = named_products(rows)
    columns = [data.get(f"column{at}", "") for at in range(max(map(len, rows)))]
    table = table_of(text, set(products.by_sku), columns=columns, decimal=data.get("decimal", ""))
    found = [read_row(table, row, number) for number, row in enumerate(table.rows, 1)]
    units = by_code(Unit, {table.cell(row, "unit") for row in table.rows} - {""})
    for one, row in zip(found, table.rows, strict=True):
        one.unit = units.get(table.cell(row, "unit").lower())
        products.match(one)
    search_for([one for one in found if one.state == "unknown"])
    decide(found, data)
    return Paste(table, found)


def read_row(table: Pasted, row: Sequence[str], number: int) -> PastedRow:
    """The row's texts and figures, its first misfit named."""
    made = PastedRow(number, sku=table.cell(row, "sku"), name=table.cell(row, "name"))
    for name in ("quantity", "price", "discount"):
        text = table.cell(row, name)
        if not text:
            continue
        try:
            setattr(made, name, figure(text, table.decimal))
        except ValueError:
            made.problem = made.problem or _("“%(text)s” is not a number") % {"text": text[:40]}
    if not made.text:
        made.problem = _("it names no product")
    elif made.quantity <= 0:
        made.problem = made.problem or _("the quantity must be more than zero")
    return made


@dataclass(slots=True)
class Named:
    """The products that cells name exactly, by SKU and by name, in lower case."""

    by_sku: Mapping[str, Product]
    by_name: Mapping[str, list[Product]]

    def match(self, row: PastedRow) -> None:
        found = self.by_sku.get(row.sku.lower()) or self.by_sku.get(row.name.lower())
        same_name = self.by_name.get(row.name.lower(), []) or self.by_name.get(row.sku.lower(), [])
        if found is None and len(same_name) == 1:
            found = same_name[0]
        if found is not None and found.status != Product.Status.ACTIVE:
            row.problem = row.problem or _("%(product)s is not for sale") % {"product": found.sku}
        row.product = found
        if found is None:
            row.candidates = [one for one in same_name if one.status == Product.Status.ACTIVE]


def named_products(rows: Sequence[Sequence[str]]) -> Named:
    """Every product that some cell names; one query."""
    cells = dict.fromkeys(cell for row in rows for cell in row if cell and len(cell) <= 200)
    texts = set(list(cells)[:MOST_TEXTS])
    spelled = {one for text in texts for one in (text, text.upper(), text.lower())}
    asked = Product.objects.filter(Q(sku__in=spelled) | Q(name__in=texts)).select_related("unit", "tax_code")
    by_sku: dict[str, Product] = {}
    by_name: dict[str, list[Product]] = {}
    for product in asked.order_by("sku"):
        by_sku[product.sku.lower()] = product
        by_name.setdefault(product.name.lower(), []).append(product)
    return Named(by_sku, by_name)


def search_for(rows: Sequence[PastedRow]) -> None:
    """Products that have all words of a row in number or name may be meant; one query for all rows."""
    wanted = {words: [] for row in rows if (words := tuple(fold(row.text).split()[:6]))}  # type: ignore[var-annotated]
    asked = list(wanted)[:MOST_SEARCHED]
    if not asked:
        return
    either = reduce(or_, [Q(*[Q(search_text__contains=word) for word in words]) for words in asked])
    found = Product.objects.filter(either, status=Product.Status.ACTIVE).select_related("unit", "tax_code")
    products = list(found.order_by("sku")[:MOST_FOUND])
    for row in rows:
        words = tuple(fold(row.text).split()[:6])
        if words in asked:
            row.candidates = [one for one in products if all(word in one.search_text for word in words)][
                :MOST_CANDIDATES
            ]


def decide(rows: Sequence[PastedRow], data: Any) -> None:
    """Lay the choices over the rows: a product picked by number, one offered, free text, or left out."""
    typed = {row.number: text for row in rows if (text := data.get(f"pick{row.number}", "").strip())}
    picked = named_products([[text.split(" ", 1)[0] for text in typed.values()]]).by_sku if typed else {}
    for row in rows:
        row.choice = data.get(f"as{row.number}", "") or (
            str(row.candidates[0].pk) if row.candidates else FREE
        )
        found = picked.get(typed.get(row.number, "").split(" ", 1)[0].lower())
        if found is not None and found.status == Product.Status.ACTIVE and not row.problem:
            row.product = found
