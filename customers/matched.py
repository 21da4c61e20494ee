"""How customers are told to be the same, and what merging them must not break. Part of the models."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.book_models import ContactPoint
from duplicates.matchable import Matchable
from duplicates.rules import PEOPLE, SAME_PEOPLE
from duplicates.values import MatchValues
from kernel.errors import Blocker, DomainError

Reached = tuple[tuple[str, ...], tuple[str, ...]]


class Reachable(Matchable):
    """What accounts and contacts have in common for matching: every e-mail and phone, also the further ones."""

    reached_by_columns: tuple[str, ...] = ("email", "phone")

    class Meta:
        abstract = True

    def reached(self) -> Reached:
        """Every e-mail address and every phone number; a new one has only its own columns."""
        customer: Any = self
        points = [] if self._state.adding else list(customer.points.all())
        mails = [point.value for point in points if point.kind == ContactPoint.Kind.EMAIL]
        lines = [point.value for point in points if point.kind != ContactPoint.Kind.EMAIL]
        return (customer.email, *mails), (customer.phone, *lines)

    @classmethod
    def with_match_values(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.prefetch_related("points")

    def rows_kept_of(self, loser: Any) -> list[models.Model]:
        """An e-mail or phone that was not chosen is a further one from now on."""
        survivor: Any = self
        known = set(survivor.points.values_list("kind", "value"))
        made: list[models.Model] = []
        for kind in self.reached_by_columns:
            value = getattr(loser, kind)
            if value and value != getattr(survivor, kind) and (kind, value) not in known:
                made.append(survivor.points.create(kind=kind, value=value, label=str(loser.ref)))
        return made


class MatchedAccount(Reachable):
    """An account as matching and merging see it."""

    match_fields = frozenset(
        ["name", "email", "phone", "website", "tax_number", "street", "postcode", "city", "country"]
    )

    class Meta:
        abstract = True

    @classmethod
    def may_match(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.filter(is_active=True)

    def match_values(self) -> MatchValues:
        account: Any = self
        emails, phones = self.reached()
        return MatchValues(
            emails=emails, phones=phones, websites=(account.website,), tax_numbers=(account.tax_number,),
            companies=(account.name,), street=account.street, postcode=account.postcode, city=account.city,
            country=account.country,
        )  # fmt: skip

    def match_dependents(self) -> Iterable[Matchable]:
        """People are told apart by the company they work at."""
        account: Any = self
        people: Iterable[Matchable] = account.contacts.select_related("account").prefetch_related("points")
        return people

    def merge_blockers(self, losers: Sequence[Any]) -> list[Blocker]:
        """No company ends up above itself: none that goes may stand above it with another in between."""
        survivor: Any = self
        gone = {one.pk for one in losers}
        above, seen = survivor.parent, set()
        while above is not None and above.pk not in seen:
            seen.add(above.pk)
            if above.pk in gone and above.pk != survivor.parent_id and survivor.parent_id not in gone:
                text = _("%(this)s stands below %(that)s: let that one be the one that stays")
                return [
                    Blocker("stands_below", text % {"this": survivor, "that": above}, "parent", str(above))
                ]
            above = above.parent
        return []

    def refuse_merged(self) -> None:
        """No company stands above itself."""
        account: Any = self
        above, seen = account.parent, set()
        while above is not None and above.pk not in seen:
            if above.pk == account.pk:
                text = _("%(account)s would stand above itself. Choose another parent.") % {
                    "account": account
                }
                raise DomainError(text, code="parent_circle", field="parent")
            seen.add(above.pk)
            above = above.parent


class MatchedContact(Reachable):
    """A contact as matching and merging see it."""

    rule_among, rule_against = SAME_PEOPLE, PEOPLE
    reached_by_columns = ("email", "phone", "mobile")
    match_fields = frozenset([
        "first_name", "last_name", "email", "phone", "mobile", "account", "street", "postcode", "city", "country",
    ])  # fmt: skip

    class Meta:
        abstract = True

    @classmethod
    def may_match(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.filter(is_active=True).select_related("account")

    @classmethod
    def with_match_values(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        return records.select_related("account").prefetch_related("points")

    def match_values(self) -> MatchValues:
        contact: Any = self
        emails, phones = self.reached()
        return MatchValues(
            emails=emails, phones=(*phones, contact.mobile), persons=(contact.name,),
            companies=(contact.account.name,) if contact.account else (),
            street=contact.street, postcode=contact.postcode, city=contact.city, country=contact.country,
        )  # fmt: skip
