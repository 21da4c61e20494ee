"""Who does the long work of imports; see ``kernel.jobs``."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from imports.actions.checking import check_rows
from imports.actions.running import note_the_end, run_rows
from imports.actions.undoing import undo_rows
from kernel.jobs import on_end, runner
from kernel.models import Job

SELDOM = 50_000  # objects made before a look for rings among them; Python's own 700 come with every tenth row


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Rows hold no rings of objects: looking for some after every few of them is work for nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@runner("imports.check")
def check(job: Job) -> Iterator[None]:
    """Try every row."""
    with seldom_collected():
        yield from check_rows(job)


@runner("imports.run")
def run(job: Job) -> Iterator[None]:
    """Write every sound row."""
    with seldom_collected():
        yield from run_rows(job)


@runner("imports.undo")
def undo(job: Job) -> Iterator[None]:
    """Take back what was written."""
    yield from undo_rows(job)


@on_end
def stopped(job: Job) -> None:
    """What was canceled or failed leaves its import stopped."""
    if job.kind in ("imports.run", "imports.undo") and job.state != Job.State.DONE:
        note_the_end(job)
