"""Pictures of any figures: nothing is drawn beside the sheet, nothing is said that the table does not say."""

import datetime as dt
import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.charts import (
    BarRow,
    Bars,
    Bridge,
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
from kernel.charts.canvas import NARROW, WIDE, Canvas
from kernel.charts.columns import draw_columns
from kernel.charts.drawing import drawn, sheet
from kernel.charts.printing import svg_for_print
from kernel.charts.rows import bridge_pieces, draw_bridge
from kernel.charts.samples import samples
from kernel.charts.scales import scale
from kernel.charts.tables import table_of
from kernel.charts.words import marks_of, text_of

SVG = "{http://www.w3.org/2000/svg}"
few = settings(max_examples=30, deadline=None, derandomize=True)

amounts = st.one_of(
    st.integers(-(10**15), 10**15), st.integers(-50, 50),
    st.decimals(-(10**11), 10**11, places=4, allow_nan=False, allow_infinity=False),
)  # fmt: skip
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60)
addresses = st.sampled_from(["", "/opportunities/?f=stage%3Ais%3A1&status=open", '/x/?a="b"&c=<d>'])
marks = st.builds(Mark, words, amounts, url=addresses, note=words, is_faint=st.booleans())
HEAD = ("A <title> & more", "It shows “something”.", "Nothing yet.")


def some(what, *, most: int = 60):
    return st.lists(what, min_size=1, max_size=most)


bars = st.builds(
    lambda rows: Bars(*HEAD, rows), some(st.builds(BarRow, words, some(marks, most=6), addresses))
)
columns = st.builds(
    lambda found: Columns(*HEAD, found),
    some(st.builds(Column, words, some(marks, most=6), st.none() | marks, st.none() | marks)),
)
bridges = st.builds(
    lambda start, steps: Bridge(
        *HEAD, start, steps, Mark("Now", Decimal(start.value) + sum(Decimal(s.value) for s in steps))
    ),
    marks, st.lists(marks, max_size=9),
)  # fmt: skip


@st.composite
def lines(draw):
    steps = draw(st.integers(1, 60))
    each = st.lists(st.none() | marks, min_size=steps, max_size=steps)
    found = [Line(f"Line {n}", row) for n, row in enumerate(draw(some(each, most=6)))]
    return Lines(*HEAD, [f"Step {n}" for n in range(steps)], found)


dots = st.builds(
    Dot, words, st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(-10, 9999), amounts, words, addresses,
    st.sampled_from(["", "attention", "danger"]),
)  # fmt: skip
scatters = st.builds(lambda found: Scatter(*HEAD, found, "Close", "Days"), some(dots))


@st.composite
def strips(draw):
    found = []
    for values in draw(some(some(st.integers(0, 4000), most=200), most=8)):
        low, high = min(values), max(values)
        found.append(Strip(draw(words), values, (low + high) // 2, low, high, draw(addresses)))
    return Strips(*HEAD, found, "days")


segments = st.builds(lambda parts, end: Segments(*HEAD, parts, end), some(marks, most=8), st.none() | marks)
charts = st.one_of(bars, columns, bridges, lines(), scatters, strips(), segments)


def tree(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@few
@given(charts, st.sampled_from([WIDE, NARROW]))
def test_every_mark_lies_within_the_sheet_and_no_place_is_unknown(chart, width) -> None:
    made = sheet(chart, width, key="k")

    coordinates = re.findall(r' (?:x|y|x1|y1|x2|y2|cx|cy|r|width|height|points|viewBox)="([^"]*)"', made.svg)
    assert not any(word in one for one in coordinates for word in ("nan", "inf", "e"))
    for one in made.placed:
        assert one.x >= -1, one
        assert one.x + one.width <= width + 1, one
        assert one.y >= -1, one
        assert one.y + one.height <= made.height + 1, one
        assert one.width >= 0
        assert one.height >= 0


@few
@given(charts)
def test_a_picture_is_sound_xml_whose_links_are_those_of_its_marks(chart) -> None:
    found = tree(sheet(chart, WIDE, key="k").svg)

    links = {one.get("href") for one in found.iter(f"{SVG}a")}
    known = {mark.url for _group, mark in marks_of(chart)}
    known |= {one.url for name in ("rows", "dots", "strips") for one in getattr(chart, name, ())}
    assert links == known - {""}
    assert all(one.get("aria-label") for one in found.iter(f"{SVG}a"))
    assert found.get("role") == ("group" if links else "img")
    assert found.get("aria-label").startswith("A <title> & more")
    assert not [one for one in found.iter() if one.get("style") or one.tag == f"{SVG}script"]


@few
@given(st.one_of(bars, columns, bridges, lines(), segments))
def test_the_table_says_what_the_marks_say(chart) -> None:
    table = table_of(chart)

    said = [cell for _head, cells in table.rows for cell in cells if cell.is_number and cell.text != "–"]
    drawn_marks = [mark for _group, mark in marks_of(chart)]
    assert sorted((cell.text, cell.url) for cell in said) == sorted((text_of(m), m.url) for m in drawn_marks)
    assert all(len(cells) + 1 == len(table.heads) for _head, cells in table.rows)


@few
@given(bridges)
def test_the_steps_of_a_bridge_meet_and_end_where_it_ends(chart) -> None:
    pieces = bridge_pieces(chart)

    assert [end for _m, _b, end, _p in pieces[:-2]] == [begin for _m, begin, _e, _p in pieces[1:-1]]
    assert pieces[-2][2] == pieces[-1][2]
    canvas = Canvas(WIDE, key="k")
    draw_bridge(canvas, chart)
    assert len(canvas.placed) == len(pieces)


@few
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
def test_the_parts_of_a_column_stand_on_one_another_and_are_as_tall_as_their_sum(values) -> None:
    canvas = Canvas(WIDE, key="k")
    column = Column("January", [Mark(f"Part {n}", value) for n, value in enumerate(values)])

    draw_columns(canvas, Columns(*HEAD, [column, Column("All", [Mark("Sum", sum(values))])]))

    *parts, whole = canvas.placed
    assert sum(one.height for one in parts) == pytest.approx(whole.height, abs=0.01)
    for below, above in pairwise(parts):
        assert above.y + above.height == pytest.approx(below.y, abs=0.01)


@few
@given(st.lists(amounts, max_size=20), st.integers(2, 8))
def test_an_axis_has_few_round_ticks_that_hold_every_value(values, most) -> None:
    on = scale(values, 0, 100, most=most)

    assert on.low <= min([*values, 0])
    assert on.high >= max([*values, 0])
    assert 2 <= len(on.ticks) <= most + 3
    steps = {b - a for a, b in zip(on.ticks, on.ticks[1:], strict=False)}
    assert len(steps) == 1
    assert str(steps.pop().normalize().as_tuple().digits) in {
        str(d) for d in ((1,), (2,), (2, 5), (5,), (3,))
    }


def page_of(chart) -> str:
    source = '{% from "components/chart.html" import chart %}{{ chart(c) }}'
    return engines["jinja2"].from_string(source).render({"c": chart})


def test_what_people_typed_is_text_and_never_markup() -> None:
    nasty = '"><script>alert(1)</script>&'
    row = BarRow(nasty, [Mark(nasty, 1, nasty, f"/?q={nasty}", nasty)], f"/?r={nasty}", nasty)

    html = page_of(Bars(nasty, nasty, nasty, [row, BarRow(nasty, [Mark(nasty, 2)])], [nasty, "b"]))

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert " style=" not in html


def test_where_there_is_nothing_a_sentence_says_so() -> None:
    for chart in (
        Bars(*HEAD),
        Columns(*HEAD),
        Bridge(*HEAD),
        Lines(*HEAD),
        Scatter(*HEAD),
        Strips(*HEAD),
        Segments(*HEAD),
    ):
        assert drawn(chart) is None
        assert svg_for_print(chart) == ""
        html = page_of(chart)
        assert "Nothing yet." in html
        assert "It shows" not in html


def test_pictures_on_one_page_do_not_share_their_textures() -> None:
    one, two = (page_of(samples()[1]) for _time in range(2))

    assert not set(re.findall(r'<pattern id="([^"]+)"', one)) & set(re.findall(r'<pattern id="([^"]+)"', two))
    for html in (one, two):
        assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(re.findall(r'<pattern id="([^"]+)"', html))


def test_where_people_read_from_right_to_left_pictures_begin_at_the_right() -> None:
    bar = Bars(*HEAD, [BarRow("A", [Mark("A", 10)]), BarRow("B", [Mark("B", 5)])])
    rectangles = r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"'

    left = re.findall(rectangles, sheet(bar, WIDE, key="k").svg)
    with translation.override("ar"):
        right = re.findall(rectangles, sheet(bar, WIDE, key="k").svg)

    for (x, width), (mirrored, same) in zip(left, right, strict=True):
        assert width == same
        assert float(x) + float(width) == pytest.approx(WIDE - float(mirrored), abs=0.02)


@pytest.mark.parametrize("chart", [one for one in samples() if drawn(one)], ids=lambda one: str(one.title))
def test_what_is_printed_needs_no_stylesheet(chart) -> None:
    found = ET.fromstring(svg_for_print(chart))

    assert not [one for one in found.iter() if one.get("class")]
    shapes = [one for one in found.iter() if one.tag in {f"{SVG}rect", f"{SVG}circle", f"{SVG}polygon"}]
    assert all(one.get("fill") for one in shapes)
    assert not list(found.iter(f"{SVG}a"))


def test_the_style_guide_has_every_kind(admin_client) -> None:
    html = admin_client.get("/styleguide/charts/").content.decode()

    for kind in ("bars", "columns", "bridge", "lines", "scatter", "strips", "segments"):
        assert f"chart-of-{kind}" in html
