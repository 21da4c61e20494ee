"""Misbehaving on request, so that a client can prove it survives: for demonstrations and tests only."""

import threading
from dataclasses import dataclass, field

MODES = (
    "status",
    "delay",
    "hang",
    "drop_before",
    "commit_then_drop",
    "commit_then_status",
    "garbage",
    "truncate",
)


@dataclass
class Fault:
    """What to do to the next `times` requests whose method and path fit."""

    mode: str
    times: int = 1
    status: int = 500
    seconds: float = 1.0
    retry_after: int | None = None
    method: str = ""
    path: str = ""

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of those meant."""
        return (not self.method or self.method == method) and path.startswith(self.path or "/v1/")


@dataclass
class Faults:
    """The faults still to happen, in the order they were asked for."""

    waiting: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Ask for one more."""
        with self.lock:
            self.waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if there is one."""
        with self.lock:
            for fault in self.waiting:
                if fault.fits(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Behave again."""
        with self.lock:
            self.waiting.clear()
