"""A list as people see it: its rows, its filters and where to go from here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from kernel.formats import number
from kernel.tables import counting, rights
from kernel.tables.address import VIEW, Address
from kernel.tables.asked import SIZES, Asked, text_of
from kernel.tables.cells import Draw, draw_rows
from kernel.tables.columns import Column, walk
from kernel.tables.conditions import PARAMETER
from kernel.tables.counting import Count
from kernel.tables.fields import Field, fields_of
from kernel.tables.filters import Filter
from kernel.tables.keyset import Order, Slice, cut
from kernel.tables.reading import plan_of
from kernel.tables.registry import added_columns, enter
from kernel.tables.tools import Tools, tools_of
from kernel.tables.views import Views, views_of


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
    """The head of a column: how it sorts now, would sort when clicked, and would sort beside what sorts already."""

    label: Any
    align: str
    sort_url: str = ""
    direction: str = ""
    then_url: str = ""
    rank: int = 0


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
    counted: Count
    request: HttpRequest | None = None
    previous_url: str = ""
    next_url: str = ""
    clear_url: str = ""
    count_url: str = ""
    tabs: list[Link] = field(default_factory=list)
    menus: list[Menu] = field(default_factory=list)
    chips: list[Link] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    filtered: bool = False
    tools: Tools | None = None

    def drawn(self, badge: Draw, own: Draw | None = None, names: Sequence[str] = ()) -> Iterator[Markup]:
        """The cells of each row in HTML, with the template's badge and what else the template draws itself."""
        picks = self.tools is not None and bool(self.tools.bulk)
        editable = self.tools.editable if self.tools else frozenset()
        return draw_rows(self.columns, self.rows, badge, own or badge, names, picks=picks, editable=editable)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request) if self.request else ""

    @property
    def total(self) -> int:
        return self.counted.number

    @property
    def total_is_exact(self) -> bool:
        return self.counted.sure == "exact"

    @property
    def summary(self) -> str:
        """How much of how much: an honest count, up to the point where counting would cost."""
        total = number(self.total)
        if len(self.rows) == self.total and self.total_is_exact:
            return ngettext("%(total)s record", "%(total)s records", self.total) % {"total": total}
        text = {
            "exact": _("%(shown)s shown · %(total)s in all"),
            "about": _("%(shown)s shown · about %(total)s"),
            "over": _("%(shown)s shown · over %(total)s"),
        }[self.counted.sure]
        return text % {"shown": len(self.rows), "total": total}


class Table:
    """The declaration of a list. Subclasses say what; this class knows how."""

    name: ClassVar[str] = ""  # in addresses; a list without one has no views, exports and bulk actions
    model: ClassVar[Any] = None
    place: ClassVar[str] = ""  # the name of its page
    # Other pages that ask the same question (a board), by a word: tools lead back to the one they were opened from.
    places: ClassVar[Mapping[str, str]] = {}
    title: ClassVar[Any] = ""
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    default_order: ClassVar[str] = "-pk"
    related: ClassVar[Sequence[str]] = ()
    reads: ClassVar[Sequence[str]] = ()  # the only columns to read; empty: all
    searchable: ClassVar[bool] = True
    searched: ClassVar[Sequence[str]] = ()  # text columns whose words all stand in ``search_text``
    bulk: ClassVar[Sequence[Any]] = ()  # kernel.tables.bulk.BulkAction
    editing: ClassVar[Any] = None  # kernel.tables.editing.Editing: how a cell is changed in place

    _fields: ClassVar[dict[str, Field] | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._fields = None
        if cls.name and cls.model is not None:
            enter(cls)

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        """All records that the list is about."""
        found: QuerySet[Any] = cls.model._default_manager.all()
        return found

    @classmethod
    def columns_for(cls, user: Any) -> list[Column]:
        """The columns that exist for this person: what a role may not know is no column of its list."""
        columns = [*cls.columns, *cls.added_columns(user)]
        if cls.model is None or not rights.hidden(user, cls.model):
            return columns
        return [column for column in columns if not cls.is_reserved(column, user)]

    @classmethod
    def added_columns(cls, user: Any) -> Sequence[Column]:
        """Columns that nobody declared in code: the custom fields of this kind of record."""
        return added_columns(cls.model, user)

    @classmethod
    def is_reserved(cls, column: Column, user: Any) -> bool:
        """Whether a column tells what this person may not know."""
        hidden = rights.hidden(user, cls.model)
        paths = {column.name.replace(".", "__"), column.order_by, column.filter_by, *column.parts} - {""}
        for path in paths:
            steps = walk(cls.model, path)
            if any(step.name in (hidden if m is cls.model else rights.hidden(user, m)) for m, step in steps):
                return True
        return column.name in hidden

    @classmethod
    def fields_for(cls, user: Any) -> dict[str, Field]:
        """What this person may narrow the list by."""
        if cls.model is None:
            return {}
        added = cls.added_columns(user)
        if cls.__dict__.get("_fields") is None:
            cls._fields = fields_of(cls.model, cls.columns, cls.searched)
        known = {**cls._fields, **fields_of(cls.model, added)} if added else cls._fields  # type: ignore[dict-item]
        if not rights.hidden(user, cls.model):
            return dict(known or {})
        names = {column.name.replace(".", "_") for column in cls.columns_for(user)}
        return {name: found for name, found in (known or {}).items() if name in names}

    @classmethod
    def page(cls, request: HttpRequest, queryset: QuerySet[Any]) -> TablePage:
        """One page of what the queryset holds, as the address asks: two or three queries, however many rows."""
        views = views_of(request, cls.name) if cls.name else Views()
        asked = Asked(cls, request.GET, request.user, views)
        order = asked.order(queryset.model)
        found = asked.narrow(queryset)
        after, before = (request.GET.get(name, "") for name in ("after", "before"))
        part = cut(plan_of(cls, queryset.model, asked.columns).of(found), order, size=asked.size, after=after,
                   before=before)  # fmt: skip
        address = asked.address(request.path)
        made = TablePage(
            title=cls.title or queryset.model._meta.verbose_name_plural,
            path=request.path,
            columns=asked.columns,
            rows=part.rows,
            heads=[head_of(column, order, address) for column in asked.columns],
            search=asked.search,
            searchable=cls.searchable,
            size=asked.size,
            counted=cls._count(part, found, exactly=request.GET.get("count") == "exact"),
            request=request,
            tools=tools_of(cls, asked, address) if cls.name else None,
        )
        if part.has_previous and part.rows:
            made.previous_url = address.but(before=order.cursor(part.rows[0]))
        if part.has_next and part.rows:
            made.next_url = address.but(after=order.cursor(part.rows[-1]))
        if not made.total_is_exact:
            made.count_url = address.but(count="exact")
        cls._offer_filters(made, asked, address)
        return made

    @classmethod
    def _count(cls, part: Slice, found: QuerySet[Any], *, exactly: bool) -> Count:
        if not part.has_previous and not part.has_next:
            return Count(len(part.rows))
        return counting.exactly(found) if exactly else counting.count(found)

    @classmethod
    def _offer_filters(cls, page: TablePage, asked: Asked, address: Address) -> None:
        active = {f.name: value for f, value in asked.filters}
        for found in cls.filters:
            now = active.get(found.name, "")
            links = [
                Link(words, address.but(**{found.name: v}), str(v) == now) for v, words in found.choices()
            ]
            if found.is_tabs:
                page.tabs = [Link(_("All"), address.but(**{found.name: ""}), not now), *links]
                continue
            if links:
                page.menus.append(
                    Menu(found.label, [Link(_("Any"), address.but(**{found.name: ""}), not now), *links])
                )
            if now:
                page.chips.append(Link(found.chip(now), address.but(**{found.name: ""})))
        for group in asked.groups:
            text = _(" or ").join(one.words(asked.user) for one in group)
            page.chips.append(Link(text, address.without(PARAMETER, text_of(group))))
        page.filtered = asked.is_narrowed
        names = {*active, PARAMETER}
        page.clear_url = address.of([(name, v) for name, v in address.pairs if name not in names | {"q"}])
        page.hidden = [(name, value) for name, value in address.pairs if name != "q"]
        if asked.view:
            page.hidden.append((VIEW, str(asked.view.public_id)))


def head_of(column: Column, order: Order, address: Address) -> Head:
    """A click sorts by this column, a second click turns the order round; with Shift it sorts within what sorts now."""
    if not column.order_by:
        return Head(column.label, column.align)
    first_descending = column.kind in {"money", "number", "percent", "date", "datetime", "ago"}
    found = order.direction_of(column.order_by)
    direction = ("descending" if found[1] else "ascending") if found else ""
    descending = not found[1] if found else first_descending
    name = f"-{column.order_by}" if descending else column.order_by
    keys = [key.name for key in order.keys]
    kept = [key for key in keys if key.removeprefix("-") != column.order_by]
    then = (
        [name if key.removeprefix("-") == column.order_by else key for key in keys]
        if found
        else [*kept, name]
    )
    rank = found[0] + 1 if found and len(keys) > 1 else 0
    then_url = address.but(sort=",".join(then[:3])) if order.path != column.order_by else ""
    return Head(column.label, column.align, address.but(sort=name), direction, then_url, rank)


__all__ = ["SIZES", "Head", "Link", "Menu", "Table", "TablePage", "head_of"]
