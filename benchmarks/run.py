"""One measurement from the empty database to the verdict."""

import argparse
import os

from django.core.management import call_command
from django.db import connection

from benchmarks import report, rows_actions, rows_api, rows_deals, rows_pages, rows_printing, rows_search
from benchmarks.data import build
from benchmarks.measure import Bench, Row, measure
from benchmarks.server import running
from benchmarks.statements import Statements

ROWS: list[Row] = [
    *rows_actions.ROWS,
    *rows_api.ROWS,
    *rows_deals.ROWS,
    *rows_pages.ROWS,
    *rows_printing.ROWS,
    *rows_search.ROWS,
]


def show_names() -> None:
    for row in ROWS:
        print(f"{row.name:<34}{row.title}")


def everything(asked: argparse.Namespace, *, size: int) -> int:
    """Build, measure, print; the exit status says whether every target holds."""
    chosen = [row for row in ROWS if not asked.only or any(part in row.name for part in asked.only)]
    if not chosen:
        print("bench: no row has such a name; see ./dev bench --list")
        return 2
    call_command("migrate", verbosity=0)
    world = build(size)
    connection.ensure_connection()
    about = report.surroundings(size)
    print(
        f"bench: {about['commit']}, load {about['load_average'][0]:.1f}, {asked.rounds} rounds\n\n{report.HEAD}"
    )
    results = []
    with running() as server:
        bench = Bench(
            world, server, Statements(os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1))
        )
        for row in chosen:
            results.append(measure(row, bench, asked.rounds))
            print(report.line(results[-1]), flush=True)
    words, status = report.closing(results)
    print(f"\nbench: {words}")
    if asked.output:
        report.write(asked.output, results, about | {"load_average_after": os.getloadavg()})
    return status
