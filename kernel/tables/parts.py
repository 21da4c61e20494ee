"""Files that a job writes over several turns: each turn has a part of its own, so that no two workers write into one.

Where the parts end is kept in the position of the job; what a dead worker wrote beyond that is not read.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel.job_models import Job

BLOCK = 1 << 18


def folder(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / "parts" / str(job.public_id)


class Parts:
    """The parts of one job's file, in order."""

    def __init__(self, job: Job) -> None:
        self.place = folder(job)
        self.kept: list[list[Any]] = [list(one) for one in job.position.get("parts", [])]
        self.turn = f"{len(self.kept):04}-{job.lease_token}"
        self.written = 0

    def are_there(self) -> bool:
        """Whether everything that was written before can still be read; another machine may have written it."""
        return all(
            (self.place / name).exists() and (self.place / name).stat().st_size >= size
            for name, size in self.kept
        )

    def write(self, piece: bytes) -> None:
        """Add to this turn's part."""
        self.place.mkdir(parents=True, exist_ok=True)
        with (self.place / self.turn).open("ab" if self.written else "wb") as out:
            out.write(piece)
        self.written += len(piece)

    @property
    def position(self) -> list[list[Any]]:
        """What to remember in the position of the job."""
        return [*self.kept, [self.turn, self.written]] if self.written else self.kept

    def read(self) -> Iterator[bytes]:
        """Everything that was written, in order."""
        for name, size in self.position:
            left = size
            with (self.place / name).open("rb") as part:
                while left > 0 and (piece := part.read(min(BLOCK, left))):
                    left -= len(piece)
                    yield piece

    def forget(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
