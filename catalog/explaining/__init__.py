"""Why this number? The steps to every amount of a document, told from what is stored on it and held against it.

A step says how an amount follows from other figures only where it does: what was copied, shared or told by an ERP says
so, and what follows from nothing is confessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog.documents import LineKind, PricedDocument, PricedLine
from catalog.explaining.header import tell_header
from catalog.explaining.lines import tell_line
from catalog.explaining.origins import NOWHERE, Origin
from catalog.explaining.pricing import PriceTeller, hands_of
from catalog.explaining.words import Step, Telling
from catalog.totals import worked_out
from kernel.pricing import ENGINE_VERSION, PricingError
from kernel.pricing import Step as EngineStep

__all__ = ["NOWHERE", "Explanation", "Origin", "Step", "explain"]


@dataclass(frozen=True)
class Explanation:
    """All steps of a document, those of its lines first."""

    steps: Sequence[Step]

    @cached_property
    def by_line(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            if step.scope == "line":
                found.setdefault(step.subject, []).append(step)
        return found

    def of_line(self, key: object) -> Sequence[Step]:
        return self.by_line.get(str(key), ())

    @property
    def of_header(self) -> list[Step]:
        return [step for step in self.steps if step.scope != "line"]


def explain(
    document: PricedDocument,
    lines: Sequence[PricedLine],
    *,
    origin: Origin = NOWHERE,
    hides_costs: bool = True,
) -> Explanation:
    """The steps to every amount, in a constant number of queries; lines come with tax code, product and unit.

    ``hides_costs`` leaves out what a reader may not know who may not see what things cost us.
    """
    is_known = document.engine_version == ENGINE_VERSION
    telling = Telling(document.currency.digits, is_known)
    by_subject = engine_steps(document, lines) if is_known and not origin.only_shares else {}
    prices = PriceTeller(telling, document, origin, hands_of(document, lines), hides_costs)
    for line in lines:
        if not line.is_text:
            steps = by_subject.get(str(line.key), [])
            tell_line(telling, line, prices=prices, origin=origin, steps=steps)
    counted = [line for line in lines if line.counts]
    tell_header(telling, document, counted, origin=origin, steps=by_subject.get("", []))
    return Explanation(telling.steps)


def engine_steps(document: PricedDocument, lines: Sequence[PricedLine]) -> dict[str, list[EngineStep]]:
    """What the engine says of the stored figures, by line; nothing where it refuses them."""
    found: dict[str, list[EngineStep]] = {}
    try:
        priced, options = worked_out(document, lines)
    except PricingError:
        return {}
    for answer in (priced, *options):
        keys = {str(line.key) for line in lines if line.kind == LineKind.OPTIONAL}
        for step in answer.explain():
            if answer is priced or step.subject in keys:
                found.setdefault(step.subject, []).append(step)
    return found
