"""./dev bench: build the data, start the server, measure every row beside its floor, say which targets hold."""

import argparse
import contextlib
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import psycopg2
from psycopg2 import sql

from tests.servers import postgres, redis

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
DATABASE = "salesops_bench"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB",
           "max_wal_size": "4GB", "shared_preload_libraries": "pg_stat_statements"}  # fmt: skip


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "--size", choices=SIZES, default="10k", help="how many leads there are (default: 10k)"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="rows whose name holds NAME"
    )
    parser.add_argument("--rounds", type=int, default=30, help="repetitions of each row (default: 30)")
    parser.add_argument("--output", type=Path, help="where to write the results as JSON")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    return parser.parse_args(words)


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A database of our own: on the server that DATABASE_URL names, else on a throwaway one that keeps its word."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        with postgres(**DURABLE) as url:
            if not url:
                sys.exit("bench: PostgreSQL is needed; install it or set DATABASE_URL")
            yield url
        return
    server, _slash, _name = given.rpartition("/")
    make = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
    _administer(given, drop, make)
    try:
        yield f"{server}/{DATABASE}"
    finally:
        _administer(given, drop)


def _administer(url: str, *statements: sql.Composed) -> None:
    connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def environment(database_url: str, redis_url: str) -> dict[str, str]:
    """What a production server is given, without TLS and without a limit on requests."""
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "REDIS_PREFIX": "crm-bench:",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
        "API_RATE_USER": "100000000/minute",
        "API_RATE_ANONYMOUS": "100000000/minute",
    }


def main() -> int:
    asked = arguments()
    with contextlib.ExitStack() as servers:
        given = environment("", "") if asked.list else environment(
            servers.enter_context(database()),
            os.environ.get("REDIS_URL") or servers.enter_context(redis()),
        )  # fmt: skip
        os.environ.update(given)
        django.setup()
        # The models can be imported only now that Django knows its settings.
        from benchmarks import run  # noqa: PLC0415

        if asked.list:
            run.show_names()
            return 0
        return run.everything(asked, size=SIZES[asked.size])


if __name__ == "__main__":
    sys.exit(main())
