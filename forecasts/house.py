"""The teams and the people a forecast is told by: as they are, or as they were when a snapshot was taken."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from people.models import Role, Team, User

SELLING = (Role.SALESPERSON, Role.SALES_MANAGER)


@dataclass(frozen=True)
class Somebody:
    """A person as the tree knows them."""

    pk: int
    name: str
    team: int | None
    sells: bool  # stands in the tree even without a deal


@dataclass(frozen=True)
class Unit:
    """A team as the tree knows it."""

    pk: int
    name: str
    parent: int | None


@dataclass(frozen=True)
class House:
    """All teams and people of one moment."""

    teams: dict[int, Unit]
    people: dict[int, Somebody]
    below: dict[int | None, list[Unit]] = field(default_factory=dict)
    members: dict[int | None, list[Somebody]] = field(default_factory=dict)

    def subtree(self, team: int) -> frozenset[int]:
        """The team and all teams below it."""
        found: set[int] = set()
        waiting = [team]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(unit.pk for unit in self.below.get(one, []))
        return frozenset(found)

    def name_of(self, person: int) -> str:
        """Who that is, or was."""
        found = self.people.get(person)
        return found.name if found else f"#{person}"

    @property
    def as_json(self) -> dict[str, Any]:
        """How a snapshot keeps it."""
        return {
            "teams": [[unit.pk, unit.name, unit.parent] for unit in self.teams.values()],
            "people": [[one.pk, one.name, one.team, one.sells] for one in self.people.values()],
        }


def made_of(teams: Iterable[Unit], people: Iterable[Somebody]) -> House:
    """A house in which everything is found; by name within each team."""
    house = House({unit.pk: unit for unit in teams}, {one.pk: one for one in people})
    below, members = defaultdict(list), defaultdict(list)
    for unit in sorted(house.teams.values(), key=lambda unit: (unit.name.casefold(), unit.pk)):
        below[unit.parent].append(unit)
    for one in sorted(house.people.values(), key=lambda one: (one.name.casefold(), one.pk)):
        members[one.team].append(one)
    house.below.update(below)
    house.members.update(members)
    return house


def house_now() -> House:
    """The teams and people of today, in two queries."""
    teams = Team.objects.order_by().values_list("pk", "name", "parent_id")
    people = User.objects.order_by().values_list(
        "pk", "username", "first_name", "last_name", "team_id", "role", "is_active", "is_service"
    )
    return made_of(
        (Unit(*row) for row in teams),
        (
            Somebody(pk, f"{first} {last}".strip() or username, team, sells_here(role, active, service))
            for pk, username, first, last, team, role, active, service in people
        ),
    )


def sells_here(role: str, is_active: bool, is_service: bool) -> bool:
    return is_active and not is_service and role in SELLING


def house_of(tree: dict[str, Any]) -> House:
    """The teams and people as a snapshot knew them."""
    return made_of(
        (Unit(*row) for row in tree.get("teams", [])), (Somebody(*row) for row in tree.get("people", []))
    )
