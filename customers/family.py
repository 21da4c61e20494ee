"""Companies above and below each other: read in one recursive query each, and never a circle."""

from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from customers.models import Account
from kernel.errors import Conflict, DomainError
from people.access import visible

DEEPEST = 20  # levels of a hierarchy; also where a query stops should a circle ever get in
MOST_SHOWN = 200
BELOW = """WITH RECURSIVE family (id, depth) AS (
    SELECT id, 0 FROM customers_account WHERE id = %s
    UNION ALL
    SELECT child.id, family.depth + 1 FROM customers_account child JOIN family ON child.parent_id = family.id
    WHERE family.depth < %s
) SELECT """
ABOVE = """WITH RECURSIVE family (id, parent_id, depth) AS (
    SELECT id, parent_id, 0 FROM customers_account WHERE id = %s
    UNION ALL
    SELECT boss.id, boss.parent_id, family.depth + 1 FROM customers_account boss
    JOIN family ON boss.id = family.parent_id WHERE family.depth < %s
) SELECT id FROM family ORDER BY depth"""


@dataclass
class Member:
    """An account in the tree of its family; ``level`` counts from the topmost that the reader may see."""

    account: Account
    level: int = 0
    above: Any = None  # public id of the member it hangs on
    below: list["Member"] = field(default_factory=list)


def family_ids(account_id: int) -> RawSQL:
    """The account and everything below it, as a subquery: ``filter(account__in=family_ids(7))``."""
    return RawSQL(f"{BELOW} id FROM family", (account_id, DEEPEST))


def with_family(queryset: QuerySet[Any], account: Account, *, column: str = "account") -> QuerySet[Any]:
    """The rows of the account and of everything below it."""
    return queryset.filter(**{f"{column}__in": family_ids(account.pk)})


def ids_above(account_id: int) -> list[int]:
    """The account itself and all above it, the nearest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [account_id, DEEPEST])
        return [row[0] for row in cursor.fetchall()]


def height_below(account_id: int) -> int:
    """How many levels there are below the account; one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BELOW} max(depth) FROM family", [account_id, DEEPEST])
        return int(cursor.fetchone()[0] or 0)


def refuse_family_circle(account: Account) -> None:
    """A company cannot stand above itself, and a hierarchy has a bottom.

    The companies above are held until the transaction ends, so that two changes at once cannot close a circle.
    """
    if account.parent_id is None:
        return
    if account.pk:
        hold(ids_above(account.parent_id), account.pk)
    above = ids_above(account.parent_id)
    if account.pk and account.pk in above:
        raise DomainError(
            _("%(account)s stands below this account already.") % {"account": account.parent},
            code="parent_circle",
            field="parent",
        )
    levels = len(above) + 1 + (height_below(account.pk) if account.pk else 0)
    if levels > DEEPEST:
        text = _("A hierarchy may have %(most)s levels; this would make it %(levels)s.")
        raise DomainError(text % {"most": DEEPEST, "levels": levels}, code="parent_too_deep", field="parent")


def hold(ids: list[int], own: int) -> None:
    """Hold these companies; of two who wait for each other, one is told to try again."""
    try:
        list(Account.objects.select_for_update().filter(pk__in=set(ids) - {own}).order_by("pk").values("pk"))
    except OperationalError as error:
        text = _("Somebody else is changing this hierarchy at the moment. Try again.")
        raise Conflict(text, code="busy") from error


def family_of(account: Account, user: Any) -> list[Member]:
    """The whole family of the account as a tree, as far as the reader may see it; three queries.

    Whoever stands below a company that does not exist for the reader hangs on the next one above that does.
    """
    above = ids_above(account.pk)
    everybody = list(
        Account.objects.filter(pk__in=family_ids(above[-1])).values_list("pk", "parent_id")[: 10 * MOST_SHOWN]
    )
    if len(everybody) == 1:
        return []
    parents = dict(everybody)
    shown = visible(user, Account.objects.filter(pk__in=parents)).order_by("name", "id")
    members = {
        one.pk: Member(one)
        for one in shown.only("public_id", "number", "name", "city", "country", "parent", "is_active")
    }
    tops: list[Member] = []
    for pk, member in members.items():
        boss: int | None = parents[pk]
        while boss is not None and boss not in members:
            boss = parents.get(boss)
        member.above = members[boss].account.public_id if boss is not None else None
        (members[boss].below if boss is not None else tops).append(member)
    return [one for top in tops for one in in_order(top, 0)] if len(members) > 1 else []


def in_order(member: Member, level: int) -> list[Member]:
    """A branch of the tree as rows, each with its level."""
    member.level = level
    return [member, *(one for child in member.below for one in in_order(child, level + 1))]
