"""What can go wrong in the business, said once: in words for people and in codes for machines.

Pure Python on purpose: the pricing engine raises these too and must not know Django.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why something may not happen, and where to lift it."""

    code: str
    text: Any  # str or a lazy translation
    field: str = ""
    record: str = ""
    fix_url: str = ""


class DomainError(Exception):
    """The business refuses this; nothing was changed (HTTP 422)."""

    status = 422
    default_code = "refused"

    def __init__(
        self, text: Any, *, code: str = "", field: str = "", blockers: Sequence[Blocker] = ()
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code or self.default_code
        self.field = field
        self.blockers: list[Blocker] = list(blockers)

    def __str__(self) -> str:
        return str(self.text)


class TransitionRefused(DomainError):
    """A step is not possible now; every reason is listed (HTTP 409)."""

    status = 409
    default_code = "transition_refused"

    def __init__(self, document: Any, blockers: Sequence[Blocker], *, step: str = "") -> None:
        self.document = document
        self.step = step
        reasons = "; ".join(str(blocker.text) for blocker in blockers)
        super().__init__(f"{document}: {reasons}", blockers=blockers)

    @property
    def reasons(self) -> list[str]:
        return [str(blocker.text) for blocker in self.blockers]


class Conflict(DomainError):
    """Somebody else changed the record meanwhile (HTTP 409)."""

    status = 409
    default_code = "stale_version"


class ComponentOwnedElsewhere(DomainError):
    """The ERP is the system of record for this component, so it is not changed here (HTTP 409)."""

    status = 409
    default_code = "component_owned_by_erp"
