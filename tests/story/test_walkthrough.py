"""The walkthrough as a person starts it: no settings, no servers, one command."""

import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest

from salesops.walkthrough.script import FIRST_OFFER, SECOND_OFFER, shared_out, worked_out

ROOT = Path(__file__).resolve().parents[2]
DECIDED_ELSEWHERE = (
    "SECRET_KEY",
    "DEBUG",
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "HTTPS",
    "ALLOWED_HOSTS",
)


def walk(
    *arguments: str, program: tuple[str, ...] = ("manage.py", "walkthrough")
) -> subprocess.CompletedProcess[str]:
    """Run it the way a fresh clone would, without any of the settings of the tests."""
    bare = {name: value for name, value in os.environ.items() if name not in DECIDED_ELSEWHERE}
    return subprocess.run(
        [sys.executable, *program, *arguments], cwd=ROOT, env=bare, capture_output=True,
        text=True, timeout=280, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def told():
    return walk()


def test_it_ends_well_with_every_state_and_amount_as_expected(told):
    assert told.returncode == 0, told.stdout + told.stderr
    assert "states and" in told.stdout.splitlines()[-1]
    assert "WRONG" not in told.stdout
    assert told.stderr == ""


@pytest.mark.parametrize(
    ("step", "state", "amount"),
    [
        ("lead qualified", "qualified / qualified", ""),
        ("opportunity opened", "open / in_progress", "14,000.00"),
        ("five lines entered", "draft / in_progress", "16,187.89"),
        ("quote revised", "closed / revised", "16,187.89"),
        ("quote accepted", "won / won", "15,715.60"),
        ("opportunity won", "won / won", "13,229.48"),
        ("order submitted", "submitted / in_progress", "15,715.60"),
        ("accepted by the ERP", "submitted / in_progress", "15,715.60"),
        ("partly delivered", "fulfilled / partial", ""),
        ("delivered", "fulfilled / complete", "15,715.60"),
        ("invoice pulled", "active / billed", "15,715.60"),
        ("half of it paid", "paid / partial", "7,857.80"),
        ("invoice paid", "paid / complete", "15,715.60"),
        ("order invoiced", "invoiced / invoiced", "15,715.60"),
    ],
)
def test_it_shows_each_step_with_number_state_amount_and_time(told, step, state, amount):
    [line] = [line for line in told.stdout.splitlines() if f" s  {step}  " in line]

    assert state in line
    assert line.endswith(amount or state)
    assert float(line.split()[0]) >= 0


def test_at_the_end_the_books_of_its_database_are_right(told):
    assert "The books are right: " in told.stdout


def test_it_names_the_order_as_the_erp_does(told):
    assert "in the ERP it is SO-10001" in told.stdout


def test_it_leaves_nothing_behind(told):
    left = [path.name for path in Path(tempfile.gettempdir()).glob("salesops-walkthrough-*")]
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout

    assert left == []
    assert "salesops-walkthrough-" not in processes


def test_an_erp_that_rounds_otherwise_is_noticed():
    told = walk("--rounding", "per_document")

    assert told.returncode == 1
    assert "WRONG: erp total is 15715.61, expected 15715.60" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("FAILED:")


def test_without_its_own_set_up_it_touches_no_database():
    key = {"SECRET_KEY": "x" * 60, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "salesops.settings"}
    call = "import django; django.setup(); from django.core.management import call_command; call_command('walkthrough')"

    refused = subprocess.run(
        [sys.executable, "-c", call], cwd=ROOT, env={**os.environ, **key}, capture_output=True, text=True, check=False
    )  # fmt: skip

    assert refused.returncode != 0
    assert "only then it has a database of its own" in refused.stderr


def test_other_commands_still_refuse_to_start_without_a_secret_key():
    refused = walk(program=("manage.py", "migrate"))

    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr


def test_the_expected_figures_are_those_worked_out_by_hand():
    first, second = worked_out(FIRST_OFFER), worked_out(SECOND_OFFER)

    assert [str(part) for part in (first.sums.net, first.sums.tax, first.sums.total)] == [
        "13620.77",
        "2567.12",
        "16187.89",
    ]
    assert [str(part) for part in (second.sums.net, second.sums.tax, second.sums.total)] == [
        "13229.48",
        "2486.12",
        "15715.60",
    ]
    assert [str(net) for net, _tax in second.lines] == ["11840.00", "454.86", "236.00", "900.00", "120.15"]
    assert [str(tax) for _net, tax in second.lines] == ["2182.11", "83.83", "16.02", "165.87", "22.14"]


def test_what_is_shared_out_adds_up():
    assert shared_out(100, [1, 1, 1]) == [34, 33, 33]
    assert sum(shared_out(27624, [1216000, 45486, 17700, 90000, 12015])) == 27624
    assert Fraction(sum(shared_out(1, [5, 5]))) == 1
