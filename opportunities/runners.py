"""Long work about deals, in chunks; see ``kernel.jobs``."""

from collections.abc import Iterator

from kernel.jobs import runner
from kernel.models import Job
from opportunities.settings_job_actions import follow_some, move_some


@runner("opportunities.follow_stage")
def follow_stage(job: Job) -> Iterator[None]:
    """Deals that have the values of their stage get its new ones."""
    while follow_some(job):
        yield


@runner("opportunities.move_all")
def move_all(job: Job) -> Iterator[None]:
    """All deals of some stages go to another one."""
    while move_some(job):
        yield
