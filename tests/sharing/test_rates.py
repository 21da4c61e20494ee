"""How often something may be asked."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.cache import cache

from kernel.rates import seconds_to_wait

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django, sys
django.setup()
from kernel.rates import seconds_to_wait
print(seconds_to_wait(sys.argv[1], limit=3, per=3600))
"""


def test_a_few_pass_and_the_next_is_told_when_to_come_back():
    name = uuid.uuid4().hex

    waits = [seconds_to_wait(name, limit=3, per=3600) for _n in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 1 <= waits[3] <= 3601
    assert seconds_to_wait(uuid.uuid4().hex, limit=3, per=3600) == 0


def test_a_cache_that_is_away_stops_nobody(monkeypatch):
    def away(*args, **options):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away)

    assert seconds_to_wait("anything", limit=0) == 0


@pytest.mark.redis
def test_all_processes_of_an_installation_count_together():
    name = uuid.uuid4().hex
    for _n in range(2):
        assert seconds_to_wait(name, limit=3, per=3600) == 0

    def elsewhere() -> int:
        done = subprocess.run(
            [sys.executable, "-c", ASK, name], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    assert elsewhere() == 0
    assert elsewhere() > 0
    assert seconds_to_wait(name, limit=3, per=3600) > 0
