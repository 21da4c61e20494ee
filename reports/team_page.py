"""The parts of the manager's home, each made for itself so that none takes the others with it."""

from collections import Counter
from functools import cached_property
from typing import Any

from django.utils import timezone

from catalog.valuing import Rates, rates_at
from forecasts.figures import Forecast
from quotes.approvals import waiting_approvals, words
from quotes.models import Approval
from reports.team_asked import TeamAsked
from reports.team_deals import SHOWN, DealRow, Key, silent, silent_by_part, slipped
from reports.team_figures import Head, Since, forecast_of, head_of, since_monday
from reports.team_reps import Rep, reps
from reports.team_strips import Strip, strip

MOST_APPROVALS = 10


class TeamPage:
    """What the page shows; what several parts need is read once."""

    def __init__(self, asked: TeamAsked) -> None:
        self.asked = asked

    @cached_property
    def rates(self) -> Rates:
        return rates_at(timezone.localdate())

    @cached_property
    def forecast(self) -> Forecast:
        return forecast_of(self.asked)

    @cached_property
    def quiet(self) -> Counter[Key]:
        """How many deals are silent, by team and owner."""
        return silent_by_part(self.asked.open_deals())

    def parts(self) -> dict[str, Strip[Any]]:
        """Every part by name: as it is now, or as it was last where it cannot be made."""
        makers = {
            "head": self.head, "approvals": self.approvals, "since": self.since, "slipped": self.slipped,
            "silent": self.silent, "reps": self.reps,
        }  # fmt: skip
        return {name: strip(name, self.asked.key, make) for name, make in makers.items()}

    def head(self) -> Head:
        return head_of(self.asked, self.forecast)

    def since(self) -> Since:
        return since_monday(self.asked, self.forecast)

    def approvals(self) -> list[tuple[Approval, list[str]]]:
        """Requests of the team that this person may decide, the oldest first, with the rules that were broken."""
        found = waiting_approvals(self.asked.user)
        if self.asked.below is not None:
            found = found.filter(quote__team__in=self.asked.below)
        return [(one, words(one.excesses, self.asked.user)) for one in found[: MOST_APPROVALS + 1]]

    def slipped(self) -> tuple[int, list[DealRow]]:
        return shortened(slipped(self.asked.open_deals(), self.rates))

    def silent(self) -> tuple[int, list[DealRow]]:
        return self.quiet.total(), silent(
            self.asked.open_deals(), self.rates, most=SHOWN
        ) if self.quiet else []

    def reps(self) -> list[Rep]:
        return reps(self.asked, self.forecast, self.rates, self.quiet)


def shortened(rows: list[DealRow]) -> tuple[int, list[DealRow]]:
    """How many there are, and the largest of them."""
    return len(rows), rows[:SHOWN]
