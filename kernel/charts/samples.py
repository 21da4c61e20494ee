"""A picture of each kind with made-up figures, for the style guide."""

import datetime as dt

from kernel.charts.kinds import (
    BarRow,
    Bars,
    Bridge,
    Chart,
    Column,
    Columns,
    Dot,
    Line,
    Lines,
    Mark,
    Scatter,
    Segments,
    Strip,
    Strips,
)
from kernel.formats import number

HERE = "/styleguide/charts/"
NONE_YET = "There are no deals yet: with the first one its picture comes."
MONTHS = ("Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026")


def euros(label: str, value: int, *, url: str = HERE, note: str = "", is_faint: bool = False) -> Mark:
    return Mark(label, value, f"{number(value)} EUR", url, note, is_faint)


def samples() -> list[Chart]:
    """Each kind as it usually is, then what is hard to draw."""
    return [funnel(), columns(), bridge(), lines(), scatter(), strips(), ageing(), segments(), *hard()]


def funnel() -> Bars:
    rows = (
        ("Qualify", 310_000, "62% go on, 9 days"), ("Propose", 640_000, "48% go on, 21 days"),
        ("Negotiate", 520_000, "71% go on, 12 days"), ("A stage with quite a long name indeed", 48_000, "1 day"),
    )  # fmt: skip
    return Bars(
        "Where are deals stuck?", "Most is lost after Propose: 48% go on.", NONE_YET,
        [BarRow(label, [euros(label, value)], HERE, note) for label, value, note in rows],
    )  # fmt: skip


def columns() -> Columns:
    figures = ((120, 0, 0), (180, 40, 0), (90, 130, 60), (0, 210, 140), (0, 160, 220), (0, 40, 310))
    parts = ("Won", "Commit", "Best case")
    return Columns(
        "Will we make the number?", "620,000 EUR won; commit is 180,000 EUR short of the target.", NONE_YET,
        [
            Column(
                month, [euros(part, value * 1000) for part, value in zip(parts, each, strict=True)],
                euros("Target", 260_000, url=""), euros("Weighted", sum(each) * 700),
            )
            for month, each in zip(MONTHS, figures, strict=True)
        ],
        parts,
    )  # fmt: skip


def bridge() -> Bridge:
    steps = (("New", 210_000), ("Grown", 64_000), ("Shrunk", -38_000), ("Slipped out of the period", -180_000),
             ("Won", -96_000), ("Lost", -75_000))  # fmt: skip
    return Bridge(
        "What changed since last week?", "The pipeline shrank by 115,000 EUR: most of it slipped.", NONE_YET,
        euros("Last Monday", 1_585_000), [euros(label, value) for label, value in steps],
        euros("Now", 1_470_000),
    )  # fmt: skip


def lines() -> Lines:
    quarters = ("Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026")
    rates = ((31, 42), (38, 55), None, (44, 61), (20, 5))
    marks = [
        Mark(q, each[0], f"{each[0]}%", HERE, f"n = {each[1]}", each[1] < 10) if each else None
        for q, each in zip(quarters, rates, strict=True)
    ]
    return Lines(
        "How many do we win?", "44% of what was decided in Q4 2025.", NONE_YET,
        quarters, [Line("Win rate", marks)], "%",
    )  # fmt: skip


def scatter() -> Scatter:
    first = dt.date(2026, 1, 5)
    tones = ("", "attention", "danger")
    dots = [
        Dot(
            f"Deal {n}", first + dt.timedelta(days=n * 37 % 83), n * 11 % 29, 4_000 + n * n * 700,
            f"{number(4_000 + n * n * 700)} EUR", HERE, tones[(n * 11 % 29) // 10],
        )
        for n in range(24)
    ]  # fmt: skip
    return Scatter(
        "Which deals need me?", "6 deals close soon and have not been spoken to for 20 days.", NONE_YET,
        dots, "Close date", "Days since contact",
    )  # fmt: skip


def strips() -> Strips:
    groups = (("New business", 47, 31), ("Renewal", 19, 12), ("Partner", 63, 4))
    found = []
    for label, middle, many in groups:
        values = sorted(max(1, middle + (n * 17 % 31) - 15) for n in range(many))
        found.append(
            Strip(
                label,
                values,
                values[many // 2],
                values[many // 10],
                values[many * 9 // 10],
                HERE,
                is_faint=many < 10,
            )
        )
    return Strips("How long is the cycle?", "New business takes 47 days.", NONE_YET, found, "days")


def ageing() -> Bars:
    parts = ("Not due", "1 to 30 days", "31 to 60", "61 to 90", "Over 90")
    who = (("Borg GmbH", (17_200, 4_000, 0, 0, 9_000)), ("Acme", (0, 12_000, 7_500, 2_000, 0)),
           ("東京包装株式会社", (3_000, 0, 0, 6_000, 1_500)))  # fmt: skip
    return Bars(
        "Who owes what, how late?", "Borg GmbH owes most, 9,000 EUR of it for over 90 days.", NONE_YET,
        [BarRow(name, [euros(part, each) for part, each in zip(parts, amounts, strict=True)], HERE + "?account")
         for name, amounts in who],
        parts,
    )  # fmt: skip


def segments() -> Segments:
    steps = (
        ("Quote to order", 8),
        ("Order to shipping", 14),
        ("Shipping to invoice", 2),
        ("Invoice to payment", 33),
    )
    return Segments(
        "Order to cash", "From quote to cash it takes 57 days in the middle; 12 of them could be ours.", NONE_YET,
        [Mark(label, days, f"{days} days", HERE) for label, days in steps],
        Mark("Nine of ten are paid after", 91, "91 days", HERE),
    )  # fmt: skip


def hard() -> list[Chart]:
    """Nothing, zeros, below zero, sixty columns, huge and tiny side by side."""
    days = [Column(f"{n + 1} Nov", [euros("Lag", n * n % 37)]) for n in range(60)]
    uneven = (("Credits", -420_000), ("A customer with a name that does not fit beside any bar", 999_999_999_999_999),
              ("Tiny", 1), ("Nothing", 0))  # fmt: skip
    return [
        Bars("Nothing to show", "Nothing.", NONE_YET),
        Columns("All zeros", "Nothing was won.", NONE_YET, [Column(m, [euros("Won", 0)]) for m in MONTHS[:3]]),
        Columns("Sixty columns", "The last day was the slowest.", NONE_YET, days),
        Bars("Uneven & <odd>", "One customer owes nearly all.", NONE_YET,
             [BarRow(label, [euros(label, value, is_faint=value == 1)]) for label, value in uneven]),
        Lines("Two lines", "The slow ones became slower.", NONE_YET, MONTHS,
              [Line("p50", [Mark(m, n, f"{n} s") for n, m in enumerate(MONTHS)]),
               Line("p95", [Mark(m, 5 * n * n - 30, f"{5 * n * n - 30} s") for n, m in enumerate(MONTHS)])]),
    ]  # fmt: skip
