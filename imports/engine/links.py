"""Which record a cell means: all cells of a chunk together, one question a kind of record.

Small tables are read once; accounts, contacts and products are asked for by the texts of a chunk, and remembered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from catalog.models import (
    Currency,
    PaymentTerms,
    PriceList,
    Product,
    ProductFamily,
    TaxCode,
    Territory,
    Unit,
)
from customers.models import Account, Contact
from imports.fields import Misfit
from kernel.models import fold
from people.access import Scope, grant_for, visible
from people.models import Team, User
from people.selectors import colleagues

MOST_REMEMBERED = 20_000
# Small tables, and the columns by which people name their rows.
SMALL: dict[str, tuple[Any, tuple[str, ...]]] = {
    "currency": (Currency, ("code", "name")),
    "payment_terms": (PaymentTerms, ("code", "name")),
    "price_list": (PriceList, ("name",)),
    "territory": (Territory, ("name",)),
    "unit": (Unit, ("code", "name")),
    "family": (ProductFamily, ("name",)),
    "tax_code": (TaxCode, ("code", "name")),
}
# Large ones: exact columns, and columns where case does not matter.
LARGE: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "account": (Account, ("number", "name", "erp_code", "email"), ("name",)),
    "contact": (Contact, ("number", "email"), ("email",)),
    "product": (Product, ("sku",), ("sku",)),
}


class Links:
    """What cells mean for one person, remembered for the length of a turn."""

    def __init__(self, user: Any, model_name: str) -> None:
        self.user, self.model_name = user, model_name
        self.known: dict[str, dict[str, list[Any]]] = defaultdict(dict)
        self.made: dict[str, dict[str, Any]] = defaultdict(dict)  # not there yet: created along with its row

    def ask(self, link: str, texts: Collection[str]) -> None:
        """Look up all of these at once."""
        known = self.known[link]
        if link in LARGE:
            wanted = [text for text in texts if fold(text) not in known]
            if len(known) > MOST_REMEMBERED:
                known.clear()
                wanted = list(texts)
            for text in wanted:
                known.setdefault(fold(text), [])
            self.look_up(link, wanted)
        elif not known:
            self.read_all(link)

    def look_up(self, link: str, texts: list[str]) -> None:
        """Find rows of a large table: by what is exact first, then whatever the case."""
        model, exact, loose = LARGE[link]
        rows = visible(self.user, model.objects.all())
        if hasattr(model, "is_active"):
            rows = rows.filter(is_active=True)
        for start in range(0, len(texts), 400):
            part = texts[start : start + 400]
            asked = Q()
            for column in exact:
                asked |= Q(**{f"{column}__in": part})
            self.remember(link, rows.filter(asked)[:2000], exact)
            missing = [fold(text) for text in part if not self.known[link][fold(text)]]
            for column in loose:
                if missing:
                    found = rows.annotate(lowered=Lower(column)).filter(lowered__in=missing)
                    self.remember(link, found[:2000], (column,))
            if link == "contact":
                self.look_up_people(rows, [text for text in part if not self.known[link][fold(text)]])

    def look_up_people(self, rows: Any, texts: list[str]) -> None:
        """People by their whole name, which stands in two columns."""
        parted = {fold(text): text.rpartition(" ") for text in texts if " " in text}
        last_names = {last for _first, _space, last in parted.values()}
        for row in rows.filter(last_name__in=last_names)[:2000] if last_names else ():
            if (key := fold(row.name)) in parted and row not in self.known["contact"][key]:
                self.known["contact"][key].append(row)

    def remember(self, link: str, rows: Iterable[Any], columns: tuple[str, ...]) -> None:
        known = self.known[link]
        for row in rows:
            for column in columns:
                key = fold(str(getattr(row, column)))
                if key in known and row not in known[key]:
                    known[key].append(row)

    def read_all(self, link: str) -> None:
        """All rows of a small table."""
        known = self.known[link]
        known[""] = []
        rows: Iterable[Model]
        columns: tuple[str, ...]
        if link == "owner":
            rows, columns = self.owners(), ("username", "email", "get_full_name")
        elif link == "team":
            rows, columns = self.teams(), ("name",)
        else:
            model, columns = SMALL[link]
            rows = model.objects.all()[:5000]
        for row in rows:
            for column in columns:
                value = getattr(row, column)
                key = fold(str(value() if callable(value) else value)).strip()
                if key and row not in known.setdefault(key, []):
                    known[key].append(row)

    def owners(self) -> list[User]:
        """Those to whom this person may give a new record of the kind."""
        if grant_for(self.user, self.model_name).scope == Scope.OWN:
            return [self.user]
        people = list(colleagues(self.user, self.model_name).select_related("team")[:5000])
        return people if self.user in people else [*people, self.user]

    def teams(self) -> list[Team]:
        every = Team.objects.all()
        if grant_for(self.user, self.model_name).scope != Scope.ALL:
            every = every.filter(pk__in=self.user.team_ids)
        return list(every[:5000])

    def one(self, link: str, text: str) -> Any:
        """The one row that the text means; raises Misfit when there is none, or more than one."""
        found = self.known[link].get(fold(text).strip(), [])
        if len(found) == 1:
            return found[0]
        if not found:
            raise Misfit("not_found", _("There is none called “%(text)s”.") % {"text": text[:80]})
        raise Misfit(
            "ambiguous",
            _("%(count)s are called “%(text)s”; give the number.") % {"count": len(found), "text": text[:80]},
        )
