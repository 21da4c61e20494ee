"""What leaves as a file: no cell that a spreadsheet would run, and the same value when it comes back."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from imports.fields import Field, converter
from imports.results import as_csv, safe

DANGEROUS = "=+-@\t\r"


@given(st.sampled_from([*DANGEROUS, "\0=", "\0"]), st.text(max_size=40))
def test_no_cell_of_a_result_begins_like_a_formula(first, rest):
    cell = safe(first + rest)

    figure = cell[1:].replace(".", "").replace(",", "")
    assert cell[:1] not in DANGEROUS or (cell[:1] in "+-" and figure.isdigit()) or not cell


@given(st.text(alphabet="=+-@;,\"'\n abc012", max_size=30))
def test_separators_and_quotes_do_not_let_a_formula_out(text):
    written = b"".join(as_csv(iter([["before", text]]))).decode("utf-8-sig")

    [[_before, cell]] = csv.reader(written.splitlines(keepends=True))
    assert cell == safe(text)


def test_what_was_made_harmless_comes_back_as_it_was():
    read = converter(Field("name", "Name"))

    assert read(safe("=1+1")) == "=1+1"
    assert read(safe("+49 711 1")) == "+49 711 1"
