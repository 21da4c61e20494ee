"""The rows of a forecast: teams with the teams and people below them, and the deals that nobody owns."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from forecasts.figures import BESIDE, Figures, Part, Row, Said, together
from forecasts.house import House, Somebody, Unit
from forecasts.moments import Cells
from forecasts.said import Targets, Whose, month_targets, sum_of, target_in
from kernel.periods import Period

Key = tuple[int | None, int | None]  # (team, owner)
Deeds = Callable[[Unit | Somebody], tuple[bool, bool]]  # whether the asker may set its goals, and call for it


@dataclass(frozen=True)
class Material:
    """All that rows are made of, found before the first row is made."""

    period: Period
    house: House
    cells: Cells
    earlier: Cells | None  # seven days before; None where no snapshot tells
    targets: Targets
    calls: Mapping[Whose, Said]
    may: Deeds
    owners: dict[int | None, set[int | None]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for team, owner in [*self.cells, *(self.earlier or {})]:
            self.owners[team].add(owner)

    @property
    def untold(self) -> tuple[None, ...]:
        """No target in any month."""
        return (None,) * self.period.months

    def somebody(self, person: int) -> Somebody:
        """A person, also one whom the house does not know."""
        return self.house.people.get(person) or Somebody(person, self.house.name_of(person), None, False)


def rows_of(
    material: Material, roots: Iterable[int], seen: frozenset[int], alone: Iterable[int]
) -> list[Row]:
    """The teams asked for with all below them, then the deals that stand in none of the teams seen.

    ``alone`` are people without a team in the tree whose rows stand there in any case.
    """
    tops = [_team_row(material, material.house.teams[pk], 0) for pk in roots if pk in material.house.teams]
    return [*tops, *_stray_rows(material, seen, alone)]


def without_team(material: Material) -> list[int]:
    """The people of no team who sell, or for whom something was set or called."""
    members = material.house.members.get(None, [])
    return [one.pk for one in members if one.sells or _is_spoken_of(material, one)]


def total_of(material: Material, rows: Sequence[Row], part: Part) -> Row:
    """Everything together."""
    return _above(material, Row("all", "all", _("All"), part, Figures(), ()), rows)


# --- teams ----------------------------------------------------------------------------------------------------


def _team_row(material: Material, unit: Unit, depth: int) -> Row:
    teams = [_team_row(material, below, depth + 1) for below in material.house.below.get(unit.pk, [])]
    row = Row(
        f"team-{unit.pk}", "team", unit.name, Part(material.house.subtree(unit.pk)), Figures(), (), depth=depth,
        team_id=unit.pk,
    )  # fmt: skip
    row = _spoken(material, row, ("team", unit.pk), unit)
    return _above(material, row, [*teams, *_people_of(material, unit, depth + 1)])


def _above(material: Material, row: Row, children: Sequence[Row]) -> Row:
    """A row with what its children add up to; a target or a call of its own goes before the sum of theirs."""
    months = tuple(
        together([child.months[number] for child in children]) for number in range(material.period.months)
    )
    sums = tuple(sum_of(child.month_targets[n] for child in children) for n in range(material.period.months))
    has_called = row.call_total is not None
    return replace(
        row, children=tuple(children), figures=together([child.figures for child in children]), months=months,
        before=None if material.earlier is None else together([c.before or Figures() for c in children]),
        target=row.own_target if row.own_target is not None else sum_of(child.target for child in children),
        month_targets=row.month_targets if any(row.month_targets) else sums,
        call_total=row.call_total if has_called else sum_of(child.call_total for child in children),
        uncalled=0 if has_called else sum(child.uncalled for child in children),
    )  # fmt: skip


def _spoken(material: Material, row: Row, who: Whose, of: Unit | Somebody) -> Row:
    """The row with the target and the call of the team or person."""
    target, call = target_in(material.targets, who, material.period), material.calls.get(who)
    set_goal, may_call = material.may(of)
    said = call.amount if call else None
    return replace(
        row, own_target=target, target=target, call=call, call_total=said,
        month_targets=month_targets(material.targets, who, material.period),
        uncalled=int(said is None and isinstance(of, Somebody) and of.sells),
        may_set_goal=set_goal, may_call=may_call,
    )  # fmt: skip


# --- people ---------------------------------------------------------------------------------------------------


def _people_of(material: Material, unit: Unit, depth: int) -> list[Row]:
    """The people of a team, others who own deals in it, and its deals without an owner."""
    owners = material.owners.get(unit.pk, set())
    home = [
        one for one in material.house.members.get(unit.pk, []) if one.sells or _is_spoken_of(material, one)
    ]
    shown = {one.pk: one for one in home} | {pk: material.somebody(pk) for pk in owners if pk is not None}
    rows = [
        _person_row(material, one, [(unit.pk, one.pk)], Part(frozenset([unit.pk]), one.pk), depth, unit.pk)
        for one in sorted(shown.values(), key=_by_name)
    ]
    if None in owners:
        rows.append(_nobody_row(material, unit.pk, _("Nobody"), depth))
    return rows


def _by_name(one: Somebody) -> tuple[str, int]:
    return one.name.casefold(), one.pk


def _is_spoken_of(material: Material, one: Somebody) -> bool:
    who = ("person", one.pk)
    return who in material.calls or target_in(material.targets, who, material.period) is not None


def _person_row(
    material: Material, one: Somebody, keys: Iterable[Key], part: Part, depth: int, team: int | None
) -> Row:
    """A person's deals in one place; what was said of them stands where they are at home, and there only."""
    is_home = team == one.team if team is not None else one.team not in part.beside
    key = f"person-{one.pk}" if is_home else f"person-{one.pk}-{team or 0}"
    figures, months = _counted(material, keys := list(keys))
    row = Row(
        key, "person", one.name, part, figures, months, depth=depth, team_id=team, user_id=one.pk,
        month_targets=material.untold, before=_before(material, keys),
    )  # fmt: skip
    return _spoken(material, row, ("person", one.pk), one) if is_home else row


def _nobody_row(material: Material, team: int | None, label: str, depth: int) -> Row:
    """Deals of a team that nobody owns; of no team at all where none is given."""
    keys: list[Key] = [(team, None)]
    figures, months = _counted(material, keys)
    part = (
        Part(None, None, frozenset(material.house.teams)) if team is None else Part(frozenset([team]), None)
    )
    return Row(
        f"nobody-{team or 0}", "nobody", label, part, figures, months, depth=depth, team_id=team,
        month_targets=material.untold, before=_before(material, keys),
    )  # fmt: skip


def _stray_rows(material: Material, seen: frozenset[int], alone: Iterable[int]) -> list[Row]:
    """Deals of no team that stands in the tree, by owner: all of one's own for somebody who sees no team."""
    keys: dict[int, list[Key]] = {person: [] for person in alone}
    unowned: list[int | None] = []
    for team in material.owners.keys() - seen:
        for owner in material.owners[team]:
            if owner is None:
                unowned.append(team)
            else:
                keys.setdefault(owner, []).append((team, owner))
    people = sorted((material.somebody(pk) for pk in keys), key=_by_name)
    rows = [_person_row(material, one, keys[one.pk], Part(None, one.pk, seen), 0, None) for one in people]
    for team in sorted(unowned, key=lambda team: team or 0):
        unit = material.house.teams.get(team) if team else None
        label = _("Nobody, %(team)s") % {"team": unit.name} if unit else _("Nobody")
        rows.append(_nobody_row(material, team, label, 0))
    return rows


# --- figures --------------------------------------------------------------------------------------------------


def _counted(material: Material, keys: Iterable[Key]) -> tuple[Figures, tuple[Figures, ...]]:
    """What the deals of these teams and owners add up to, altogether and by month."""
    months = [Figures()] * material.period.months
    beside = Figures()
    for key in keys:
        for (column, month), worth in material.cells.get(key, {}).items():
            if column in BESIDE:
                beside = beside.plus(column, worth)
            else:
                months[month] = months[month].plus(column, worth)
    return together([beside, *months]), tuple(months)


def _before(material: Material, keys: Iterable[Key]) -> Figures | None:
    if material.earlier is None:
        return None
    found = Figures()
    for key in keys:
        for (column, _month), worth in material.earlier.get(key, {}).items():
            found = found.plus(column, worth)
    return found
