"""The board: the open deals of one pipeline in the columns of its stages, with the sums of whole columns.

It asks the same question as the list of opportunities (``?f=``, ``q``, owner, saved views). However many columns and
cards it has, it takes the same number of queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.valuing import Rates, rates_at
from kernel.tables.address import Address
from kernel.tables.asked import Asked
from kernel.tables.conditions import PARAMETER
from kernel.tables.keyset import Order, rows_from
from kernel.tables.views import views_of
from opportunities.board_bars import bar_of, counts_of
from opportunities.board_cards import Card, cards_of, fields_on
from opportunities.board_columns import CLOSED, LOST, WON, Column
from opportunities.board_drawing import Drawing
from opportunities.board_rows import CARD_FIELDS, RELATED, of_all, of_each_stage, rows_of
from opportunities.board_table import BoardTable
from opportunities.measures import Worth, open_worth, total, won_worth
from opportunities.models import Opportunity, Pipeline, Stage
from opportunities.tally import column_worth
from people.access import visible

FIRST, CARDS = 10, 25  # cards a column: as the page opens, and each time that more are asked for
ORDER = Order(Opportunity, "next_due_at")
RECENT = 30  # days that the folded columns of won and lost deals look back
COLUMN, AFTER, SHOW, BARS = "column", "after", "show", "bars"


class Board:
    """One pipeline as one person asks for it now."""

    def __init__(self, request: HttpRequest, *, path: str = "") -> None:
        self.request, self.user = request, request.user
        self.path = path or reverse("opportunities:board")
        self.asked = Asked(BoardTable, request.GET, request.user, views_of(request, "opportunities"))
        self.shown = [key for key in request.GET.get(SHOW, "").split(",") if key in CLOSED]
        self.has_bars = request.GET.get(BARS) == "1"  # drawn along with the page, for who has no scripts

    # --- what is asked --------------------------------------------------------------------------------

    @cached_property
    def pipelines(self) -> list[Pipeline]:
        """All that are in use, the usual one first, each with its stages, in two queries."""
        return list(Pipeline.objects.filter(is_active=True).prefetch_related("stages"))

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """The one that the address names, else the usual one."""
        named = {one.value for group in self.asked.groups if len(group) == 1 for one in group if _names(one)}
        chosen = [pipeline for pipeline in self.pipelines if str(pipeline.pk) in named]
        return next(iter(chosen or self.pipelines), None)

    @cached_property
    def deals(self) -> QuerySet[Opportunity]:
        """What stands on the board or may come to stand there: deals of the pipeline that the question leaves."""
        stages = [stage.pk for stage in self.pipeline.stages.all()] if self.pipeline else []
        found = visible(self.user, Opportunity.objects.filter(stage__in=stages))
        return self.asked.narrow(found)

    @cached_property
    def open_deals(self) -> QuerySet[Opportunity]:
        return self.deals.filter(status=Opportunity.Status.OPEN)

    @cached_property
    def closed_deals(self) -> QuerySet[Opportunity]:
        """What was won or lost lately."""
        today = timezone.localdate()
        return self.deals.filter(
            status__in=CLOSED, closed_on__gte=today - timedelta(days=RECENT), closed_on__lte=today
        )

    @cached_property
    def rates(self) -> Rates:
        return rates_at(timezone.localdate())

    # --- addresses ------------------------------------------------------------------------------------

    @cached_property
    def address(self) -> Address:
        return self.asked.address(self.path)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What is asked, with what is unfolded."""
        return self._pairs(self.shown)

    def _pairs(self, shown: Sequence[str], *, bars: bool | None = None) -> list[tuple[str, str]]:
        found = [*self.address.pairs, *([(SHOW, ",".join(shown))] if shown else [])]
        return [*found, (BARS, "1")] if (self.has_bars if bars is None else bars) else found

    @property
    def url(self) -> str:
        return self.address.of(self.pairs)

    @cached_property
    def query(self) -> str:
        """The board as it is, for those who come back to it."""
        return self.url.partition("?")[2]

    @property
    def bars_url(self) -> str:
        """Where a script asks how the next steps stand."""
        address = reverse("opportunities:board-bars")
        return f"{address}?{self.query}" if self.query else address

    @property
    def with_bars_url(self) -> str:
        """This board with how the next steps stand, for who has no scripts."""
        return self.address.of(self._pairs(self.shown, bars=True))

    def list_of(self, *conditions: str) -> str:
        """The list of exactly the deals that the question and these conditions leave."""
        pipeline = [] if self._is_pipeline_named else [f"pipeline:is:{getattr(self.pipeline, 'pk', 0)}"]
        pairs = [(PARAMETER, text) for text in (*pipeline, *conditions)]
        return replace(self.address, path=reverse("opportunities:list")).of([*self.address.pairs, *pairs])

    @property
    def _is_pipeline_named(self) -> bool:
        return any(_names(one) for group in self.asked.groups if len(group) == 1 for one in group)

    def pipeline_url(self, pipeline: Pipeline) -> str:
        """The same question to another pipeline."""
        kept = [
            pair for pair in self.address.pairs
            if pair[0] != PARAMETER or not pair[1].startswith("pipeline:") or "||" in pair[1]
        ]  # fmt: skip
        usual = self.pipelines and pipeline.pk == self.pipelines[0].pk
        return self.address.of(kept if usual else [*kept, (PARAMETER, f"pipeline:is:{pipeline.pk}")])

    # --- columns --------------------------------------------------------------------------------------

    def heads(self, only: Iterable[str] | None = None) -> list[Column]:
        """The columns with their sums, without cards: those in use, and any other in which deals still stand."""
        worths, counts = self.worths, self.counts if self.has_bars else {}
        if self.pipeline is None:
            return []
        found = [
            Column(
                key=str(stage.pk), name=stage.name, stage=stage, worth=worths.get(stage.pk, Worth()),
                url=self.list_of("status:is:open", f"stage:is:{stage.pk}"),
                bar=bar_of(self, counts.get(stage.pk, {})) if self.has_bars else [],
            )
            for stage in self.stages
            if stage.is_active or stage.pk in worths
        ]  # fmt: skip
        for number, column in enumerate(found[:9], start=1):
            column.number = number
        return [column for column in found if only is None or column.key in only]

    @property
    def stages(self) -> list[Stage]:
        """All stages of the pipeline in their order, also those out of use."""
        stages = self.pipeline.stages.all() if self.pipeline else []
        return sorted(stages, key=lambda one: (one.position, one.pk))

    @property
    def counts_closed(self) -> bool:
        """Whether the page itself counts what was won and lost lately; otherwise it is asked with the bars."""
        return bool(self.shown) or self.has_bars

    def closed_heads(self, *, counted: bool = False) -> list[Column]:
        """The columns of what was won and lost lately; they stand folded, and uncounted, until somebody asks."""
        worths = won_worth(self.closed_deals, "status") if counted or self.counts_closed else {}
        names = {WON: _("Won"), LOST: _("Lost")}
        return [
            Column(
                key=key, name=names[key], worth=worths.get((key,), Worth()), is_folded=key not in self.shown,
                url=self.list_of(f"status:is:{key}", f"closed_on:last:{RECENT}d"), fold_url=self._fold_url(key),
            )
            for key in CLOSED
        ]  # fmt: skip

    def columns(self, *, column: str = "", after: str = "") -> list[Column]:
        """The whole board; ``column`` begins after the card that ``after`` marks, the others with their first."""
        found = [*self.heads(), *self.closed_heads()]
        shown = [one for one in found if not one.is_folded]
        opening = [one for one in shown if one.key != column]
        stages = [one.stage.pk for one in opening if one.stage is not None]
        closed = [self._of(one) for one in opening if one.is_closed]
        deals = ORDER.apply(self.open_deals)
        rows = rows_of([*of_each_stage(deals, stages, FIRST + 1), *of_all(closed, FIRST + 1)])
        later = [one for one in shown if one.key == column]
        for one in later:
            rows += self._later(one, after)
        self._deal_out(shown, rows, most={one.key: CARDS for one in later})
        return found

    def more(self, key: str, after: str) -> Column | None:
        """The next cards of one column."""
        stage = (
            next((one for one in self.pipeline.stages.all() if str(one.pk) == key), None)
            if self.pipeline
            else None
        )
        if stage is None:
            return None
        found = Column(key=key, name=stage.name, stage=stage)
        self._deal_out([found], self._later(found, after), most={key: CARDS})
        return found

    def _later(self, column: Column, after: str) -> list[Opportunity]:
        deals = self._of(column).select_related(*RELATED).only(*CARD_FIELDS)
        return rows_from(deals, ORDER, ORDER.place(after) if after else None, CARDS + 1)

    def card(self, deal: Opportunity) -> Card:
        """One card, as the board draws it."""
        return cards_of(self.user, [deal], self.fields)[0]

    def _of(self, column: Column) -> QuerySet[Opportunity]:
        """The deals of a column in its order: what is due first stands first, what was closed last."""
        if column.is_closed:
            return self.closed_deals.filter(status=column.key).order_by("-closed_on", "-pk")
        return ORDER.apply(self.open_deals.filter(stage=column.stage))

    def _deal_out(
        self, columns: Sequence[Column], rows: list[Opportunity], *, most: Mapping[str, int]
    ) -> None:
        """Give each column its cards: as many as ``most`` says of it, else as a page opens with."""
        cards = cards_of(self.user, rows, self.fields)
        for column in columns:
            own = [card for card in cards if card.column == column.key]
            size = most.get(column.key, FIRST)
            column.cards = own[:size]
            if len(own) > size and not column.is_closed:
                last = own[size - 1].deal
                after = ORDER.cursor_at([last.next_due_at], last.pk)
                column.more_url = self.address.of([*self.pairs, (COLUMN, column.key), (AFTER, after)])

    @cached_property
    def fields(self) -> list[str]:
        return fields_on(self.pipeline)

    def drawing(self, quotes: Mapping[int, Any] | None, usual: Mapping[int, int] | None) -> Drawing:
        """What draws the cards, given what apps above know of their deals."""
        return Drawing(self.fields, self.query, quotes=quotes or {}, usual=usual or {})

    # --- sums -----------------------------------------------------------------------------------------

    @cached_property
    def worths(self) -> dict[Any, Worth]:
        """What the deals of each stage are worth, by its key; all of them, also those whose cards are not read.

        Where nothing is asked, or only for one's own, the tally knows and no deal is read.
        """
        if self._is_plain:
            owner = self.user if self.asked.filters else None
            return dict(column_worth(self.user, self.pipeline, owner=owner, rates=self.rates))
        return {
            key: worth for (key,), worth in open_worth(self.open_deals, "stage_id", rates=self.rates).items()
        }

    @property
    def _is_plain(self) -> bool:
        """Whether nothing is asked but for a pipeline and one's own deals."""
        groups = [one for group in self.asked.groups for one in group]
        mine = {(found.name, value) for found, value in self.asked.filters} <= {("owner", "me")}
        return (
            self.pipeline is not None
            and mine
            and not self.asked.words
            and all(_names(one) and one.value == str(self.pipeline.pk) for one in groups)
        )

    @property
    def total(self) -> Worth:
        return total(self.worths.values())

    @cached_property
    def counts(self) -> dict[Any, dict[str, int]]:
        """How many deals of each stage have their next step late, today, later, or none."""
        return counts_of(self.open_deals)

    def _fold_url(self, key: str) -> str:
        shown = [one for one in CLOSED if (one in self.shown) != (one == key)]
        return self.address.of(self._pairs(shown))


def _names(condition: Any) -> bool:
    """Whether a condition names one pipeline."""
    return condition.field.name == "pipeline" and condition.operator == "is" and "," not in condition.value
