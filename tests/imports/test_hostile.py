"""Files as they should not be: the server stands, nothing sound is lost, each bad row has its reason."""

import io
import resource
import time
import zipfile

import pytest

from imports import actions
from imports.reading import Unreadable
from leads.models import Lead
from tests.imports.scenes import bring, check, findings, imported
from tests.imports.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADER = ["Thema", "Nachname", "E-Mail", "Betrag", "Abschlussdatum"]


def names():
    return list(Lead.objects.order_by("id").values_list("last_name", flat=True))


def refusal(content, *, by, name="list.csv"):
    with pytest.raises(Unreadable) as refused:
        bring(content, by=by, name=name)
    return refused.value.code


# --- text -----------------------------------------------------------------------------------------------------


def test_an_old_windows_file_is_read_and_said_to_be_a_guess(boss):
    run = bring("Thema;Nachname\nMöbel;Müller\n".encode("cp1252"), by=boss)

    assert (run.source["encoding"], run.source["guessed_encoding"]) == ("cp1252", True)
    assert run.samples == [["Möbel"], ["Müller"]]
    assert actions.read_otherwise(run, by=boss, encoding="iso-8859-2").source["encoding"] == "iso-8859-2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_accents_of_every_usual_encoding_arrive(boss, encoding):
    imported("Thema\tNachname\r\nMöbel\tMüller\r\n".encode(encoding), by=boss)

    assert names() == ["Müller"]


def test_a_row_in_another_encoding_fails_alone(boss):
    content = b"Thema;Nachname\n" + "a;Böse\n".encode("cp1252") + b"b;Gut\n"

    run = bring(content, by=boss)
    actions.read_otherwise(run, by=boss, encoding="utf-8", delimiter=";")
    run = check(run, by=boss)

    assert [one[0] for one in findings(run, "error")] == [2]
    assert run.counts["created"] == 1


def test_a_quote_that_is_never_closed_costs_its_row_and_no_other(boss):
    rows = ["a;Eins", 'b;"Zwei', "c;Drei", "d;Vier", 'e;"Fünf"', "f;Sechs"]

    run = imported("\n".join(["Thema;Nachname", *rows]).encode(), by=boss)

    assert names() == ["Eins", "Drei", "Vier", "Fünf", "Sechs"]
    assert [(row, code) for row, code, _text in findings(run, "failed")] == [(3, "open_quote")]


def test_nul_bytes_two_megabyte_cells_and_ragged_rows_have_their_reasons(boss):
    rows = [
        b"a;Eins",
        b"b;Zw\0ei",
        b"c;" + b"x" * 2_000_000,
        b"d;Vier;;;",
        b"e",
        b"f;Sechs;too;much",
        b"g;Sieben",
    ]

    run = imported(b"Thema;Nachname\n" + b"\n".join(rows) + b"\n", by=boss)

    assert names() == ["Eins", "Vier", "Sieben"]
    assert [(row, code) for row, code, _text in findings(run, "failed")] == [
        (3, "last_name"), (4, "too_long"), (6, "last_name"), (7, "too_many_cells"),
    ]  # fmt: skip


def test_doubled_and_empty_heads_get_names_of_their_own(boss):
    run = bring(b"E-Mail;E-Mail;;Nachname;\nada@example.com;x;y;Long;\n", by=boss)

    assert run.header == ["E-Mail", "E-Mail (2)", "Column C", "Nachname"]
    assert [one["field"] for one in run.columns] == ["email", "", "", "last_name"]


def test_mixed_days_are_asked_about_and_misfits_named(boss):
    days = ["01/02/2026", "2026-03-04", "13/02/2026", "02/13/2026", "31.12.2026", "soon", "00/00/0000"]
    content = "\n".join(["Thema;Nachname;Abschlussdatum", *(f"a;N{at};{day}" for at, day in enumerate(days))])

    run = bring(content.encode(), by=boss)
    assert run.columns[2]["way"] == ""
    columns = [*run.columns[:2], {"field": "estimated_close_on", "way": "dmy"}]
    run = check(run, by=boss, columns=columns)

    assert [row for row, _field, _text in findings(run, "error")] == [5, 6, 7, 8]
    assert run.counts["created"] == 3


def test_numbers_that_could_mean_two_things_are_never_guessed(boss):
    run = bring(b"Thema;Nachname;Betrag\na;N;1.250\nb;M;2.000\n", by=boss)

    assert run.columns[2] == {"field": "estimated_value", "way": ""}
    with pytest.raises(Exception, match="say how it is written"):
        check(run, by=boss)


def test_formulas_are_text_and_come_out_harmless(boss):
    run = imported(b'Thema;Nachname;Notiz\n=cmd|x;"=HYPERLINK(""http://x"")";@SUM(A1)\n;Late;\n', by=boss)

    assert names() == ['=HYPERLINK("http://x")']
    assert [row for row, *_rest in findings(run, "failed")] == [3] or run.outcome["counts"]["created"] == 2


def test_what_is_no_table_is_refused_in_words(boss):
    assert refusal(b"", by=boss) == "empty_file"
    assert refusal(b"%PDF-1.7 ...", by=boss) == "no_table"
    assert (
        refusal(b"<html><table><tr><td>Thema</td></tr></table></html>", by=boss, name="list.xls")
        == "no_table"
    )
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, by=boss, name="list.xls") == "old_excel"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(locked, by=boss, name="list.xlsx") == "password"
    assert refusal(b"Thema;Nachname\n", by=boss) == "no_rows"
    assert (
        refusal(";".join(f"c{at}" for at in range(5000)).encode() + b"\nx\n", by=boss) == "too_many_columns"
    )


def test_more_rows_than_one_may_import_are_refused_before_anything_is_kept(seller):
    content = b"Thema;Nachname\n" + b"a;b\n" * 10_001

    assert refusal(content, by=seller) == "too_many_rows"


# --- workbooks ------------------------------------------------------------------------------------------------


def test_a_workbook_called_csv_is_read_as_what_it_is_and_the_reverse(boss):
    rows = [HEADER, ["Laser", "Long", "ada@example.com", 1250.5, ("day", 46022)]]

    imported(workbook(("Leads", rows)), by=boss, name="list.csv")
    imported(b"Thema;Nachname\nSaw;Bee\n", by=boss, name="list.xlsx")

    lead = Lead.objects.get(last_name="Long")
    assert (str(lead.estimated_value), lead.estimated_close_on.isoformat()) == ("1250.5000", "2025-12-31")
    assert names() == ["Long", "Bee"]


def test_the_first_sheet_in_sight_is_taken_and_another_can_be_chosen(boss):
    content = workbook(
        ("Secret", [HEADER, ["x", "Hidden"]]), ("Shown", [HEADER, ["y", "Seen"]]), hidden=["Secret"]
    )

    run = bring(content, by=boss, name="list.xlsx")

    assert run.source["sheet"] == "Shown"
    assert run.source["sheets"] == [{"name": "Secret", "hidden": True}, {"name": "Shown", "hidden": False}]
    assert actions.read_otherwise(run, by=boss, sheet="Secret").samples[1] == ["Hidden"]


def test_a_formula_counts_as_its_last_value(boss):
    imported(workbook(("S", [HEADER, [("formula", 'A1&"x"', "Laser"), "Long"]])), by=boss, name="list.xlsx")

    assert Lead.objects.get().topic == "Laser"


def test_a_zip_bomb_is_refused_quickly_and_without_unpacking_it(boss):
    parts = {f"xl/media/{at}.bin": b"\0" * 20_000_000 for at in range(8)}
    content = workbook(("S", [HEADER, ["a", "b"]]), parts=parts)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    assert refusal(content, by=boss, name="list.xlsx") == "zip_bomb"

    assert time.monotonic() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_entities_that_grow_without_end_are_refused(boss):
    doctype = '<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    laughs = f'<?xml version="1.0"?>{doctype}<sst><si><t>&b;</t></si></sst>'

    content = workbook(("S", [HEADER, ["a", "b"]]), parts={"xl/sharedStrings.xml": laughs})

    assert refusal(content, by=boss, name="list.xlsx") == "zip_bomb"


def test_too_many_parts_a_lying_directory_and_a_torn_file_are_refused(boss):
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(5000):
            archive.writestr(f"xl/workbook.xml{at}", b"")
    good = workbook(("S", [HEADER, ["a", "b"]]))

    assert refusal(many.getvalue(), by=boss, name="list.xlsx") == "zip_bomb"
    assert refusal(good[: len(good) // 2], by=boss, name="list.xlsx") == "damaged"
    torn = bytearray(good)
    torn[60:160] = b"\xff" * 100
    assert refusal(bytes(torn), by=boss, name="list.xlsx") == "damaged"
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("readme.txt", b"hello")
    assert refusal(plain.getvalue(), by=boss, name="list.xlsx") == "no_table"
