"""Long work about leads, in chunks; see ``kernel.jobs``."""

from collections.abc import Iterator

from kernel.jobs import runner
from kernel.models import Job
from leads.rating_actions import rate_some


@runner("leads.rescore")
def rescore(job: Job) -> Iterator[None]:
    """Rate every open lead by the rules of the moment."""
    while rate_some(job):
        yield
