"""Who does the long work of duplicates; see ``kernel.jobs``."""

from collections.abc import Iterator

from duplicates.actions.sweeping import SWEEP, sweep_all
from kernel.jobs import runner
from kernel.models import Job


@runner(SWEEP)
def sweep(job: Job) -> Iterator[None]:
    """Look through everything."""
    yield from sweep_all(job)
