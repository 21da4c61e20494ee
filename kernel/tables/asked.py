"""What an address asks of a list, as far as it makes sense; the rest is left out."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from kernel.models import fold
from kernel.tables import conditions, shorthand
from kernel.tables.address import NO_VIEW, PLACE, VIEW, Address
from kernel.tables.columns import Column
from kernel.tables.conditions import Condition
from kernel.tables.fields import Field
from kernel.tables.filters import Filter
from kernel.tables.keyset import Order
from kernel.tables.views import Views
from kernel.view_models import SavedView

SIZES = (50, 25, 100)
LONGEST_SEARCH = 100
WORDS = 8
MOST_KEYS = 3
COLUMNS, SORT, SEARCH = "cols", "sort", "q"

Groups = list[tuple[Condition, ...]]


class Asked:
    """Filters, words, order and columns of one list for one person, with the view they come from."""

    def __init__(self, table: Any, params: QueryDict, user: Any, views: Views | None = None) -> None:
        self.table, self.user = table, user
        self.views = views or Views()
        self.given = params
        self.view = self._view()
        self.params = QueryDict(self.view.query) if self.view and not self._says(params) else params

    # --- which view -----------------------------------------------------------------------------------

    def _says(self, params: QueryDict) -> bool:
        """Whether the address itself says what to show, instead of only naming a view."""
        names = {conditions.PARAMETER, SORT, SEARCH, COLUMNS, *(f.name for f in self.table.filters)}
        return not names.isdisjoint(params)

    def _view(self) -> SavedView | None:
        named = self.given.get(VIEW, "")
        if named and named != NO_VIEW:
            return self.views.named(named)
        return None if named or self._says(self.given) else self.views.default

    @cached_property
    def as_saved(self) -> "Asked | None":
        """What the view asks by itself."""
        if self.view is None:
            return None
        return (
            self
            if self.params is not self.given
            else Asked(self.table, QueryDict(self.view.query), self.user)
        )

    @property
    def changed(self) -> bool:
        """Whether something else is shown than the view says."""
        if self.view is None or self.as_saved is self:
            return False
        columns = self.named_columns not in ([], self.view.columns)
        return columns or sorted(self.pairs_without_columns) != sorted(self.as_saved.pairs_without_columns)  # type: ignore[union-attr]

    # --- columns and fields ---------------------------------------------------------------------------

    @cached_property
    def columns_known(self) -> dict[str, Column]:
        """The columns that exist for this person, by name."""
        return {column.name: column for column in self.table.columns_for(self.user)}

    @cached_property
    def columns(self) -> list[Column]:
        """The columns to show: asked for, else the view's, else as this person wants them, else as declared."""
        known = self.columns_known
        layout = self.views.layout
        wanted = (
            self.named_columns
            or (self.view.columns if self.view else [])
            or (layout.columns if layout else [])
        )
        found = [known[name] for name in wanted if name in known]
        if not found:
            return [column for column in known.values() if column.shown]
        return found if any(c.main for c in found) else [*(c for c in known.values() if c.main), *found]

    @cached_property
    def named_columns(self) -> list[str]:
        asked = self.params.get(COLUMNS, "").split(",")
        return [name for name in dict.fromkeys(asked) if name in self.columns_known]

    @cached_property
    def fields(self) -> dict[str, Field]:
        return dict(self.table.fields_for(self.user))

    # --- what to show ---------------------------------------------------------------------------------

    @cached_property
    def filters(self) -> list[tuple[Filter, str]]:
        """The quick filters that are set, each with a value it knows."""
        asked = [(f, self.params.get(f.name, "")) for f in self.table.filters]
        return [(f, value) for f, value in asked if value and f.accepts(value)]

    @cached_property
    def groups(self) -> Groups:
        """The conditions that must all hold, each with its alternatives; typed ones among them."""
        found: Groups = []
        for text in self.params.getlist(conditions.PARAMETER)[: conditions.MOST_GROUPS]:
            try:
                found.append(conditions.parse(text, self.fields, self.user))
            except ValueError:
                continue
        known = set(map(text_of, found))
        typed = [(one,) for one in self._typed[0] if one.text not in known]
        return [*found, *typed][: conditions.MOST_GROUPS]

    @cached_property
    def _typed(self) -> tuple[list[Condition], str]:
        text = self.params.get(SEARCH, "").replace("\0", "")
        if not self.table.model or not set(text) & set(":<>="):
            return [], text
        return shorthand.understood(text, self.fields, self.user)

    @property
    def search(self) -> str:
        """The words to search for, without the questions typed among them."""
        return self._typed[1][:LONGEST_SEARCH] if self.table.searchable else ""

    @property
    def words(self) -> list[str]:
        return fold(self.search).split()[:WORDS]

    def order(self, model: Any) -> Order:
        """The order asked for as far as columns offer it, else the list's own."""
        offered = {column.order_by: column for column in self.columns_known.values() if column.order_by}
        keys: dict[str, bool] = {}
        for name in self.params.get(SORT, "").split(",")[:MOST_KEYS]:
            if name.removeprefix("-") in offered:
                keys.setdefault(name.removeprefix("-"), name.startswith("-"))
        if not keys:
            keys = {self.table.default_order.removeprefix("-"): self.table.default_order.startswith("-")}
        (path, down), *then = keys.items()
        virtual = {path: found for path in keys if path in offered and (found := offered[path].virtual)}
        return Order(model, path, down, tuple(then), virtual)

    @property
    def size(self) -> int:
        asked = self.given.get("size", "")
        return int(asked) if asked in {str(s) for s in SIZES} else SIZES[0]

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that search and filters leave."""
        for found, value in self.filters:
            queryset = found.narrow(queryset, value, self.user)
        values = {one.field.path: one.field.expression for group in self.groups for one in group}
        queryset = queryset.alias(**{path: value for path, value in values.items() if value is not None})
        for group in self.groups:
            asked = Q()
            for one in group:
                asked |= one.q(self.user)
            queryset = queryset.filter(asked)
        for word in self.words:
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters or self.groups or self.words)

    # --- as an address --------------------------------------------------------------------------------

    @property
    def pairs_without_columns(self) -> list[tuple[str, str]]:
        found = [(f.name, value) for f, value in self.filters]
        found += [(conditions.PARAMETER, text_of(group)) for group in self.groups]
        if self.search.strip():
            found.append((SEARCH, self.search))
        if (order := self.order(self.table.model).name) != self.table.default_order:
            found.append((SORT, order))
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What was understood, as parameters of an address, without the place in the list."""
        columns = [(COLUMNS, ",".join(self.named_columns))] if self.named_columns else []
        return [*self.pairs_without_columns, *columns]

    def address(self, path: str) -> Address:
        size = [("size", str(self.size))] if self.size != SIZES[0] else []
        saved: Sequence[tuple[str, str]] = self.as_saved.pairs_without_columns if self.as_saved else ()
        view = str(self.view.public_id) if self.view else ""
        return Address(path, [*self.pairs, *size], view, saved, self.views.default is not None)


def text_of(group: tuple[Condition, ...]) -> str:
    """Alternatives as an address writes them."""
    return conditions.OR.join(one.text for one in group)


__all__ = ["PLACE", "SIZES", "Asked", "text_of"]
