"""A list as its tools find it again: the declaration, the records of this person, and what the address asks."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.jinja import url
from kernel.tables import rights
from kernel.tables.address import Address
from kernel.tables.asked import Asked
from kernel.tables.registry import table_named
from kernel.tables.views import Views, views_of

AT = "_at"


@dataclass(frozen=True)
class Listing:
    """One list, as one person sees it now."""

    table: Any
    user: Any
    asked: Asked

    @property
    def name(self) -> str:
        return str(self.table.name)

    @property
    def model(self) -> Any:
        return self.table.model

    @property
    def title(self) -> Any:
        return self.table.title or self.model._meta.verbose_name_plural

    @property
    def views(self) -> Views:
        return self.asked.views

    def scope(self) -> QuerySet[Any]:
        """The records of the list that exist for this person."""
        return rights.visible(self.user, self.table.rows())

    def rows(self) -> QuerySet[Any]:
        """Those of them that the address leaves."""
        return self.asked.narrow(self.scope())

    @property
    def at(self) -> str:
        """Where else than in the list the question is asked: a board, a timeline."""
        asked = self.asked.given.get(AT, "")
        return asked if url(self.table.places.get(asked, "")) else ""

    @property
    def address(self) -> Address:
        return self.asked.address(reverse(self.table.places.get(self.at, self.table.place)))

    @property
    def back(self) -> str:
        """The list as it was."""
        return self.address.of(self.address.pairs)

    @property
    def query(self) -> str:
        """What the list shows, as its tools hand it on to each other."""
        return urlencode(self.address.marked(self.address.pairs))

    @property
    def to_save(self) -> str:
        """What the list shows, as a view keeps it: without the view it came from and its columns."""
        return urlencode(self.asked.pairs_without_columns)

    @property
    def columns_to_save(self) -> list[str]:
        """The columns as a view keeps them: none where they are shown as declared."""
        names = [column.name for column in self.asked.columns]
        usual = [column.name for column in self.asked.columns_known.values() if column.shown]
        return [] if names == usual else names


def listing(request: HttpRequest, name: str, params: QueryDict | None = None) -> Listing:
    """The list that an address names; 404 for one that does not exist, 403 for one whose records nobody shows them."""
    table = table_named(name)
    if table is None:
        raise Http404
    if not rights.may(request.user, "view", table.model):
        raise PermissionDenied(_("You may not do this."))
    asked = Asked(table, request.GET if params is None else params, request.user, views_of(request, name))
    return Listing(table, request.user, asked)
