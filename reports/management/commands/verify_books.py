"""Prove that quantities and money are conserved and that every record is in a legal state."""

import json
import sys
import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.books import CHECKS, Finding, verify


class Command(BaseCommand):
    help = (
        "Prove the books: one line for everything that does not hold, and then exit status 1 (docs/books.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line, the summary last")
        parser.add_argument(
            "--only", action="append", default=[], metavar="CODE", help="only this check; repeatable"
        )
        parser.add_argument("--list", action="store_true", help="name the checks and what each proves")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for check in CHECKS:
                self.stdout.write(f"{check.code:20} {check.proves}")
            return
        known = {check.code for check in CHECKS}
        if unknown := sorted(set(options["only"]) - known):
            raise CommandError(f"There is no check {unknown[0]}; --list names them.")
        started, counts = time.monotonic(), Counter[str]()
        for finding in verify(options["only"]):
            counts[finding.code] += 1
            self.tell(finding, as_json=options["json"])
        self.sum_up(
            counts, time.monotonic() - started, len(options["only"] or CHECKS), as_json=options["json"]
        )
        if counts:
            sys.exit(1)

    def tell(self, finding: Finding, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(finding.as_dict()) if as_json else str(finding))

    def sum_up(self, counts: Counter[str], seconds: float, checks: int, *, as_json: bool) -> None:
        if as_json:
            summary = {
                "checks": checks,
                "findings": counts.total(),
                "codes": dict(counts),
                "seconds": round(seconds, 2),
            }
            self.stdout.write(json.dumps(summary))
            return
        told = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
        verdict = f"{counts.total()} findings: {told}" if counts else "the books are right"
        self.stdout.write(f"{checks} checks in {seconds:.1f} s: {verdict}.")
