"""A statement of account on paper: every figure as it was given, sums carried from page to page."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.statement_printing import statement_pdf
from kernel.statements import AgeingBucket, StatementEntry, StatementSheet
from people.models import Organization
from tests.printing.making import fonts_of, is_archive, pages_of, text_of

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)


def entry(number, charge, payment, balance, **more):
    kind = "invoice" if charge else "payment"
    day = dt.date(2026, 1, 1) + dt.timedelta(number)
    return StatementEntry(
        day, kind, f"DOC-{number}", Decimal(charge), Decimal(payment), Decimal(balance), **more
    )


def sheet(entries, **more):
    return replace(
        StatementSheet(
            customer="Borg GmbH", address=["Ring 1", "10115 Berlin", "DE"], currency="EUR", digits=2,
            as_of=dt.date(2026, 11, 22), since=dt.date(2026, 1, 1), opening=Decimal("12.50"),
            closing=entries[-1].balance if entries else Decimal("12.50"), entries=entries,
            number="ACC-7", language="en",
        ),
        **more,
    )  # fmt: skip


def test_it_tells_what_was_owed_billed_paid_and_is_left():
    entries = [
        entry(1, "1000", 0, "1012.50", due_on=dt.date(2026, 2, 1), reference="PO 4"),
        entry(2, 0, "400.25", "612.25"),
    ]
    ageing = [
        AgeingBucket(None, None, ZERO),
        AgeingBucket(1, 30, Decimal("612.25")),
        AgeingBucket(31, None, ZERO),
    ]

    text = text_of(statement_pdf(sheet(entries, ageing=ageing, overdue=Decimal("612.25"))))

    for said in (
        "Statement of account", "Borg GmbH", "ACC-7", "1 Jan 2026 Opening balance 12.50",
        "2 Jan 2026 Invoice DOC-1 PO 4 1 Feb 2026 1,000.00 1,012.50", "3 Jan 2026 Payment DOC-2 400.25 612.25",
        "Balance EUR 612.25", "Not due 1–30 days Over 30 days 0.00 612.25 0.00", "Of which overdue 612.25 EUR",
    ):  # fmt: skip
        assert said in text


def test_long_statements_carry_the_balance_from_page_to_page():
    entries = [entry(n, 10, 0, Decimal("12.50") + 10 * n) for n in range(1, 201)]

    pages = pages_of(statement_pdf(sheet(entries)))

    last = Decimal("12.50")
    assert len(pages) > 3
    for page in pages:
        found = [int(n) for n in re.findall(r"DOC-(\d+)", page)]
        brought = re.findall(r"Brought forward ([\d,.]+)", page)
        assert [Decimal(one.replace(",", "")) for one in brought] == (
            [last] if 1 not in found and found else []
        )
        last = entries[found[-1] - 1].balance if found else last
        carried = re.findall(r"Carried forward ([\d,.]+)", page)
        assert [Decimal(one.replace(",", "")) for one in carried] == (
            [last] if 200 not in found and found else []
        )


def test_the_country_stands_there_by_name_and_only_abroad():
    Organization(pk=1, country="DE").save()
    abroad = sheet([], address=["Rue 1", "69003 Lyon", "FR"])

    assert "Germany" not in text_of(statement_pdf(sheet([]))).split("Statement of account")[0]
    assert "69003 Lyon France" in text_of(statement_pdf(abroad))


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Kontoauszug"), ("fr", "Relevé de compte"), ("", "Extracto de cuenta")]
)
def test_it_speaks_the_language_asked_for_else_ours(language, title):
    Organization(pk=1, language="es").save()

    pdf = statement_pdf(sheet([entry(1, 1, 0, 1)], language=language))

    assert title in text_of(pdf)
    assert is_archive(pdf)
    assert all(fonts_of(pdf).values())
