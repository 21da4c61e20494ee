"""Typed rows of the line editor become line changes; what is not touched stays, what does not fit is named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.documents import TEXTS, LineKind, PricedDocument, PricedLine
from catalog.editor import CELLS, Row, row_of
from catalog.figures import read_figure
from catalog.lines import LineChange, line_blocker, refuse
from catalog.models import Product, TaxCode, Unit
from kernel.errors import Blocker

# In which cell of the row a field of the line is typed.
CELL_OF = {
    "description": "product", "key": "product", "unit_price": "price", "volume_discount": "price",
    "discount_percent": "discount", "discount_amount": "discount", "tax_code": "tax", "tax_rate": "tax",
    "typed_tax": "tax", "kind": "product",
}  # fmt: skip
NEW_KINDS = (LineKind.ITEM.value, LineKind.OPTIONAL.value, *TEXTS)  # members come with their bundle only
PRICED_KINDS = (LineKind.ITEM.value, LineKind.OPTIONAL.value)


def plain(text: str) -> str:
    """What was typed in a cell, without the one sign that no database keeps."""
    return text.replace("\0", "")


def typed_rows(data: Any) -> list[Row]:
    """The rows of a form, in the order that its numbers say; empty ones and removed ones are left out."""
    columns = [[plain(text) for text in data.getlist(name)] for name in ("key", *CELLS)]
    removed = set(data.getlist("remove"))
    kinds = data.getlist("kind")
    rows = [
        Row(
            key=values[0],
            **dict(zip(CELLS, values[1:], strict=True)),
            kind=kinds[at] if len(kinds) == len(columns[0]) else "",
            remove=values[0] in removed and bool(values[0]),
        )
        for at, values in enumerate(zip(*columns, strict=False))
    ]
    numbers = data.getlist("order")
    if len(numbers) == len(rows):
        asked = [float(n) if n.replace(".", "", 1).isdecimal() else i + 1.0 for i, n in enumerate(numbers)]
        rows = [rows[i] for i in sorted(range(len(rows)), key=lambda i: asked[i])]
    return [one for one in rows if not one.is_empty and not one.remove]


def read_rows(
    rows: Sequence[Row], there: Sequence[PricedLine], document: PricedDocument, *, first: int = 1
) -> list[LineChange]:
    """What the rows ask for, every misfit named by line (counted from ``first``) and cell; at most three queries."""
    lines = {str(line.key): line for line in there}
    shown = {typed.key: row_of(lines[typed.key], document) for typed in rows if typed.key in lines}
    known = Known.of(rows, shown)
    blockers: list[Blocker] = []
    changes = []
    for number, typed in enumerate(rows, first):
        wrong: list[tuple[str, Any, str]] = []
        changes.append(read_row(typed, lines.get(typed.key), shown.get(typed.key), known, wrong))
        if typed.key and typed.key not in lines:
            wrong.append(("unknown_line", _("this line is not there any more"), "key"))
        blockers += [line_blocker(number, *one) for one in wrong]
    refuse(blockers)
    return taxed_as_usual(changes, there)


def taxed_as_usual(changes: Sequence[LineChange], there: Sequence[PricedLine]) -> list[LineChange]:
    """A new line in free text is taxed like the line before it: an untaxed one is made by emptying its tax."""
    usual = next((line.tax_code for line in reversed(there) if line.tax_code), None)
    taxed = []
    for change in changes:
        is_write_in = change.product is None and change.kind in PRICED_KINDS
        if change.key is None and is_write_in and change.tax_code is None:
            change = replace(change, tax_code=usual)
        usual = change.tax_code or usual
        taxed.append(change)
    return taxed


@dataclass(frozen=True, slots=True)
class Known:
    """The products, units and taxes that typed texts name, by these texts."""

    products: Mapping[str, Product]
    units: Mapping[str, Unit]
    taxes: Mapping[str, TaxCode]

    @classmethod
    def of(cls, rows: Sequence[Row], shown: Mapping[str, Row]) -> "Known":
        def fresh(cell: str) -> set[str]:
            texts = {
                getattr(one, cell).strip()
                for one in rows
                if one.kind not in TEXTS
                and (one.key not in shown or getattr(one, cell) != getattr(shown[one.key], cell))
            }
            return texts - {""}

        return cls(
            find_products(fresh("product")),
            by_code(Unit, fresh("unit")),
            by_code(TaxCode, fresh("tax")),
        )


def by_code(model: Any, texts: set[str]) -> dict[str, Any]:
    if not texts:
        return {}
    wanted = {spelled for text in texts for spelled in (text, text.lower(), text.upper())}
    return {found.code.lower(): found for found in model.objects.filter(code__in=wanted)}


def find_products(texts: set[str]) -> dict[str, Product]:
    """The products that the texts begin with (by SKU) or are called, by SKU and by name in lower case."""
    if not texts:
        return {}
    words = {word for text in texts for word in (text, text.split(" ", 1)[0])}
    skus = {spelled for word in words for spelled in (word, word.upper(), word.lower())}
    asked = Product.objects.filter(Q(sku__in=skus) | Q(name__in=texts)).select_related("unit", "tax_code")
    # Of two products with one name the one for sale is meant: it comes last.
    found = list(asked.order_by("-status", "-pk"))
    by_name = {product.name.lower(): product for product in found}
    return by_name | {product.sku.lower(): product for product in found}


def meant_product(text: str, products: Mapping[str, Product]) -> tuple[Product | None, str]:
    """The product a text names and the description it gives it; without a product all of it is description."""
    text = " ".join(text.split())
    if found := products.get(text.lower()):
        return found, found.name
    first, _space, rest = text.partition(" ")
    if found := products.get(first.lower()):
        return (found, rest or found.name) if found.sku.lower() == first.lower() else (None, text)
    return None, text


def meant_kind(typed: Row, line: PricedLine | None) -> str:
    """What the row is: a line stays what it is, but an item may become an option and an option an item."""
    if line is None:
        return typed.kind if typed.kind in NEW_KINDS else LineKind.ITEM.value
    may_turn = line.kind in PRICED_KINDS and typed.kind in PRICED_KINDS
    return typed.kind if may_turn else str(line.kind)


def read_row(
    typed: Row, line: PricedLine | None, shown: Row | None, known: Known, wrong: list[tuple[str, Any, str]]
) -> LineChange:
    """One row as a line change: what was not touched stays as it is, what is empty follows the product."""
    kind = meant_kind(typed, line)
    if kind in TEXTS:
        text = " ".join(typed.product.split())[:500]
        return LineChange(kind=kind, description=text, quantity=Decimal(0), key=line.key if line else None)
    if line is not None and shown is not None and typed.product == shown.product:
        product, description = line.product, line.description
    else:
        product, description = meant_product(typed.product, known.products)
    same = line is not None and shown is not None and line.product_id == (product.pk if product else None)
    percent, amount = read_discount(typed.discount, wrong)
    return LineChange(
        product=product,
        kind=kind,
        description=description[:500],
        quantity=read_number(typed.quantity or "1", "quantity", wrong) or Decimal(0),
        unit=read_code("unit", typed, shown, line.unit if line and same else None, known.units, wrong),
        unit_price=read_price(typed.price, product, line if same else None, shown, wrong),
        discount_percent=percent,
        discount_amount=amount,
        tax_code=read_code("tax", typed, shown, line.tax_code if line and same else None, known.taxes, wrong),
        typed_tax=line.typed_tax if line else None,
        key=line.key if line else None,
    )


def read_code(
    cell: str, typed: Row, shown: Row | None, now: Any, known: Mapping[str, Any], wrong: list[Any]
) -> Any:  # fmt: skip
    """The unit or tax code that the cell names; left alone it stays as it is ``now``."""
    text = getattr(typed, cell)
    if shown is not None and text == getattr(shown, cell):
        return now
    if not text.strip():
        return None
    found = known.get(text.strip().lower())
    if found is None:
        wrong.append(("unknown_code", _("there is no “%(text)s”") % {"text": text.strip()[:40]}, cell))
    return found


def read_price(
    text: str, product: Product | None, line: PricedLine | None, shown: Row | None, wrong: list[Any]
) -> Decimal | None:
    """The price set by hand; None where the price list decides."""
    if shown is not None and text == shown.price:
        if line is None:
            return None if product else read_number(text or "0", "price", wrong)
        return line.unit_price if line.price_is_overridden or product is None else None
    if not text.strip():
        return None if product else Decimal(0)
    return read_number(text, "price", wrong)


def read_discount(text: str, wrong: list[Any]) -> tuple[Decimal | None, Decimal | None]:
    """A bare number (or one with %) is a percentage, one with a currency an amount."""
    plain = text.strip()
    if not plain:
        return None, None
    figure = "".join(c for c in plain if not c.isalpha() and c not in "%€$£¥ \N{NO-BREAK SPACE}")
    is_amount = any(c.isalpha() or c in "€$£¥" for c in plain)
    number = read_number(figure, "discount", wrong, said=plain)
    if number is not None and (number < 0 or (not is_amount and number > 100)):
        wrong.append(("bad_discount", _("a discount lies between 0 and 100%"), "discount"))
    return (None, number) if is_amount else (number, None)


def read_number(text: str, cell: str, wrong: list[Any], *, said: str = "") -> Decimal | None:
    try:
        number = read_figure(text)
    except ValueError:
        wrong.append(("not_a_number", _("“%(text)s” is not a number") % {"text": (said or text)[:40]}, cell))
        return None
    if abs(number) >= Decimal(10) ** 10 or -number.normalize().as_tuple().exponent > 5:  # type: ignore[operator]
        wrong.append(("too_many_digits", _("that number has too many digits"), cell))
        return None
    return number


def mark(rows: Sequence[Row], blockers: Iterable[Blocker]) -> list[str]:
    """Write each reason into the cell it speaks of; what speaks of no cell is returned."""
    rest = []
    for blocker in blockers:
        path = blocker.field.split(".")
        if len(path) == 3 and path[0] == "lines" and path[1].isdecimal() and int(path[1]) < len(rows):
            cell = CELL_OF.get(path[2], path[2])
            rows[int(path[1])].problems[cell if cell in CELLS else "product"] = str(blocker.text)
        else:
            rest.append(str(blocker.text))
    return rest
