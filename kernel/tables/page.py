"""A list as people see it: its rows, its filters and where to go from here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from kernel.formats import number
from kernel.models import fold
from kernel.tables.cells import Draw, draw_rows
from kernel.tables.columns import Column, relations
from kernel.tables.filters import Filter
from kernel.tables.keyset import Order, cut

SIZES = (50, 25, 100)
COUNTED = 10_000
LONGEST_SEARCH = 100
WORDS = 8


@dataclass(frozen=True)
class Link:
    """A choice one can follow."""

    label: Any
    url: str
    current: bool = False


@dataclass(frozen=True)
class Menu:
    """A filter with its choices."""

    label: Any
    choices: list[Link]


@dataclass(frozen=True)
class Head:
    """The head of a column: how it sorts now and would sort when clicked."""

    label: Any
    align: str
    sort_url: str = ""
    direction: str = ""


@dataclass
class TablePage:
    """One page of a list, ready to draw."""

    title: Any
    path: str
    columns: Sequence[Column]
    rows: list[Any]
    heads: list[Head]
    search: str
    searchable: bool
    size: int
    total: int
    total_is_exact: bool
    previous_url: str = ""
    next_url: str = ""
    clear_url: str = ""
    tabs: list[Link] = field(default_factory=list)
    menus: list[Menu] = field(default_factory=list)
    chips: list[Link] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    filtered: bool = False

    def drawn(self, badge: Draw, own: Draw | None = None, names: Sequence[str] = ()) -> Iterator[Markup]:
        """The cells of each row in HTML, with the template's badge and what else the template draws itself."""
        return draw_rows(self.columns, self.rows, badge, own or badge, names)

    @property
    def summary(self) -> str:
        """How much of how much: an honest count, up to the point where counting would cost."""
        if not self.total_is_exact:
            return _("%(shown)s shown · over %(total)s") % {
                "shown": len(self.rows),
                "total": number(self.total),
            }
        if len(self.rows) == self.total:
            return ngettext("%(total)s record", "%(total)s records", self.total) % {
                "total": number(self.total)
            }
        return _("%(shown)s shown · %(total)s in all") % {
            "shown": len(self.rows),
            "total": number(self.total),
        }


class Table:
    """The declaration of a list. Subclasses say what; this class knows how."""

    title: ClassVar[Any] = ""
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    default_order: ClassVar[str] = "-pk"
    related: ClassVar[Sequence[str]] = ()
    reads: ClassVar[Sequence[str]] = ()  # the only columns to read; empty: all
    searchable: ClassVar[bool] = True

    @classmethod
    def narrow(cls, queryset: QuerySet[Any], params: Mapping[str, str], user: Any) -> QuerySet[Any]:
        """The rows that search and filters leave; what is not understood is left out."""
        for found, value in cls.active(params):
            queryset = found.narrow(queryset, value, user)
        for word in cls.words(params):
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    @classmethod
    def active(cls, params: Mapping[str, str]) -> list[tuple[Filter, str]]:
        """The filters that the address sets, each with a value it knows."""
        asked = [(f, params.get(f.name, "")) for f in cls.filters]
        return [(f, value) for f, value in asked if value and value in {str(v) for v, _label in f.choices()}]

    @classmethod
    def words(cls, params: Mapping[str, str]) -> list[str]:
        if not cls.searchable:
            return []
        return fold(params.get("q", "")[:LONGEST_SEARCH].replace("\0", "")).split()[:WORDS]

    @classmethod
    def order(cls, model: Any, params: Mapping[str, str]) -> Order:
        """The order asked for if a column offers it, else the list's own."""
        asked = params.get("sort", "")
        offered = {column.order_by for column in cls.columns if column.order_by}
        name = asked if asked.removeprefix("-") in offered else cls.default_order
        return Order(model, name.removeprefix("-"), descending=name.startswith("-"))

    @classmethod
    def page(cls, request: HttpRequest, queryset: QuerySet[Any]) -> TablePage:
        """One page of what the queryset holds, as the address asks: two queries, however many rows."""
        params = request.GET
        size = int(params["size"]) if params.get("size") in {str(s) for s in SIZES} else SIZES[0]
        order = cls.order(queryset.model, params)
        found = cls.narrow(queryset, params, request.user)
        paths = [p for c in cls.columns for p in (c.name, c.currency if c.kind == "money" else c.name)]
        related = {*cls.related, *relations(queryset.model, paths)}
        rows = found.select_related(*related) if related else found
        rows = rows.only(*cls.reads) if cls.reads else rows
        part = cut(rows, order, size=size, after=params.get("after", ""), before=params.get("before", ""))
        counted = found.order_by().values("pk")[: COUNTED + 1].count()
        address = Address(request.path, cls.understood(params, order))
        made = TablePage(
            title=cls.title or queryset.model._meta.verbose_name_plural,
            path=request.path,
            columns=cls.columns,
            rows=part.rows,
            heads=[head_of(column, order, address) for column in cls.columns],
            search=params.get("q", "")[:LONGEST_SEARCH] if cls.searchable else "",
            searchable=cls.searchable,
            size=size,
            total=min(counted, COUNTED),
            total_is_exact=counted <= COUNTED,
        )
        if part.has_previous and part.rows:
            made.previous_url = address.but(before=order.cursor(part.rows[0]))
        if part.has_next and part.rows:
            made.next_url = address.but(after=order.cursor(part.rows[-1]))
        cls._offer_filters(made, params, address)
        return made

    @classmethod
    def understood(cls, params: Mapping[str, str], order: Order) -> dict[str, str]:
        """The query parameters that mean something to this list, without the place in it."""
        kept = {f.name: value for f, value in cls.active(params)}
        if cls.words(params):
            kept["q"] = params["q"][:LONGEST_SEARCH]
        if order.name != cls.default_order:
            kept["sort"] = order.name
        if params.get("size") in {str(s) for s in SIZES[1:]}:
            kept["size"] = params["size"]
        return kept

    @classmethod
    def _offer_filters(cls, page: TablePage, params: Mapping[str, str], address: "Address") -> None:
        active = {f.name: value for f, value in cls.active(params)}
        for found in cls.filters:
            now = active.get(found.name, "")
            links = [
                Link(words, address.but(**{found.name: v}), str(v) == now) for v, words in found.choices()
            ]
            if found.is_tabs:
                page.tabs = [Link(_("All"), address.but(**{found.name: ""}), not now), *links]
                continue
            page.menus.append(
                Menu(found.label, [Link(_("Any"), address.but(**{found.name: ""}), not now), *links])
            )
            if now:
                words = next(str(link.label) for link in links if link.current)
                text = words if words == str(found.label) else f"{found.label}: {words}"
                page.chips.append(Link(text, address.but(**{found.name: ""})))
        page.filtered = bool(active or page.search.strip())
        page.clear_url = address.but(q="", **dict.fromkeys(active, ""))
        page.hidden = [(name, value) for name, value in address.params.items() if name != "q"]


@dataclass(frozen=True)
class Address:
    """The address of the list as it is, to be changed in one respect."""

    path: str
    params: Mapping[str, str]

    def but(self, **changes: Any) -> str:
        """The same list with some parameters changed; an empty value takes one away."""
        query = {name: value for name, value in {**self.params, **changes}.items() if value != ""}
        return f"{self.path}?{urlencode(query)}" if query else self.path


def head_of(column: Column, order: Order, address: Address) -> Head:
    """A click sorts by this column, a second click turns the order round."""
    if not column.order_by:
        return Head(column.label, column.align)
    current = column.order_by == order.path
    first_descending = column.kind in {"money", "number", "percent", "date", "datetime", "ago"}
    descending = not order.descending if current else first_descending
    direction = ("descending" if order.descending else "ascending") if current else ""
    url = address.but(sort=f"-{column.order_by}" if descending else column.order_by)
    return Head(column.label, column.align, url, direction)
