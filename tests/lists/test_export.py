"""Lists as files: what is shown, what one may see, nothing a spreadsheet would calculate, memory flat."""

import csv
import io
import json
import tracemalloc
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kernel import jobs
from kernel.models import Job
from kernel.tables import export
from kernel.tables.asked import Asked
from kernel.tables.export import Export, Wish
from kernel.tables.listing import Listing
from kernel.tables.registry import tables
from kernel.tables.sheets import Csv, Json, Xlsx
from leads.models import Lead
from leads.tables import LeadTable
from people.models import Role
from tests.factories import AccountFactory, CurrencyFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Any:
    CurrencyFactory()
    return UserFactory(role=Role.ADMINISTRATOR)


def read_csv(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"), newline="")))


def export_of(user: Any, query: str = "", **wish: Any) -> Export:
    return Export(Listing(LeadTable, user, Asked(LeadTable, QueryDict(query), user)), Wish(**wish))


def many_leads(count: int, owner: Any) -> None:
    Lead.objects.bulk_create(
        [Lead(number=f"LEA-M{n:05}", topic=f"Topic {n}", last_name=f"Name {n % 7}", company="Borg", owner=owner,
              search_text=f"lea-m{n:05}")
         for n in range(count)], batch_size=500,
    )  # fmt: skip


def test_the_file_has_the_rows_and_columns_of_the_list_in_its_order(client: Any, boss: Any) -> None:
    client.force_login(boss)
    LeadFactory(company="Acme", rating="hot", last_name="Long", first_name="Ada", owner=boss)
    LeadFactory(company="Borg", rating="hot", last_name="Ruiz", first_name="", owner=None)
    LeadFactory(company="Cold", rating="cold")

    answer = client.get(
        "/lists/leads/export/file/?f=rating:is:hot&sort=-company&cols=name,company,rating,owner"
    )

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="leads-{timezone.localdate()}.csv"'
    assert read_csv(answer) == [
        ["Name", "Company", "Rating", "Owner"],
        ["Ruiz", "Borg", "Hot", ""],
        ["Ada Long", "Acme", "Hot", str(boss)],
    ]


def test_amounts_come_with_their_currency_and_machines_get_codes(client: Any, boss: Any) -> None:
    client.force_login(boss)
    deal = OpportunityFactory(estimated_revenue=Decimal("1250.5"), estimated_close_on=timezone.localdate())

    rows = read_csv(
        client.get("/lists/opportunities/export/file/?cols=name,amount,estimated_close_on,status")
    )
    assert rows[0] == ["Name", "Amount", "Currency", "Close date", "Status"]
    assert rows[1] == [deal.name, "1250.5", "EUR", timezone.localdate().isoformat(), "Open"]
    answer = client.get(
        "/lists/opportunities/export/file/?cols=name,amount,estimated_close_on,status&_kind=json"
    )
    assert json.loads(b"".join(answer.streaming_content)) == [
        {"name": deal.name, "amount": "1250.5", "currency": "EUR",
         "estimated_close_on": timezone.localdate().isoformat(), "status": "open"}
    ]  # fmt: skip


def test_a_workbook_has_numbers_days_and_texts_as_such(client: Any, boss: Any) -> None:
    client.force_login(boss)
    OpportunityFactory(
        name="=1+1", estimated_revenue=Decimal("1250.5"), estimated_close_on=timezone.localdate()
    )

    answer = client.get("/lists/opportunities/export/file/?cols=name,amount,estimated_close_on&_kind=xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    name, amount, currency, day = (cell for cell in next(sheet.iter_rows(min_row=2)))
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert (amount.value, currency.value) == (1250.5, "EUR")
    assert day.value.date() == timezone.localdate()
    assert [cell.value for cell in next(sheet.iter_rows(max_row=1))] == [
        "Name",
        "Amount",
        "Currency",
        "Close date",
    ]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
cells = st.one_of(st.none(), texts, st.builds(lambda a, b: a + b, st.sampled_from("=+-@\t\r\uff1d"), texts))


@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
@settings(max_examples=120, deadline=None)
def test_no_text_becomes_a_formula_in_any_kind_of_file(rows: list[tuple[Any, Any]]) -> None:
    names = ["one", "two"]

    written = Csv(names, names)
    lines = list(
        csv.reader(io.StringIO((written.head() + written.rows(rows, first=True)).decode(), newline=""))
    )
    assert len(lines) == len(rows) + 1
    for line, row in zip(lines[1:], rows, strict=True):
        assert all(not text.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")) for text in line)
        assert [text.removeprefix("'") for text in line] == [(text or "").removeprefix("'") for text in row]

    book, out = Xlsx(names, names), io.BytesIO()
    book.wrap([book.head(), book.rows(rows, first=True), book.tail()], out)
    sheet = load_workbook(out).active
    kinds = {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line}
    assert kinds <= {"s", "n", "inlineStr"}
    assert all(
        not isinstance(cell.value, int | float) for line in sheet.iter_rows(min_row=2) for cell in line
    )

    plain = Json(names, names)
    back = json.loads(plain.head() + plain.rows(rows, first=True) + plain.tail())
    assert [tuple(one.values()) for one in back] == rows


def test_excel_is_told_that_it_is_utf8_when_asked(client: Any, boss: Any) -> None:
    client.force_login(boss)
    LeadFactory(company="Müller")

    answer = client.get("/lists/leads/export/file/?cols=company&_mark=1")

    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbfName,Company")


def test_nobody_exports_without_the_right_or_beyond_their_sight(client: Any) -> None:
    seller = UserFactory()
    LeadFactory(owner=seller, company="Mine")
    LeadFactory(owner=UserFactory(), company="Not mine")
    client.force_login(seller)

    rows = read_csv(client.get("/lists/leads/export/file/?cols=company"))
    assert [row[1] for row in rows[1:]] == ["Mine"]
    assert client.get("/lists/accounts/export/file/").status_code == 403
    assert client.get("/lists/accounts/export/").status_code == 403
    assert client.post("/lists/accounts/export/").status_code == 403
    assert "export" not in client.get("/accounts/").text.partition("list-filters")[2].partition("chips")[0]
    assert not Job.objects.exists()


@pytest.mark.parametrize(("role", "sees"), [(Role.FINANCE, True), (Role.INTEGRATION, False)])
def test_reserved_fields_leave_with_those_only_who_may_read_them(client: Any, role: str, sees: bool) -> None:
    CurrencyFactory()
    AccountFactory(credit_limit=4711)
    user = UserFactory(role=role)
    rows = tables()["accounts"]
    found = Listing(rows, user, Asked(rows, QueryDict("cols=name,credit_limit"), user))
    if role == Role.FINANCE:
        text = b"".join(Export(found, Wish(every_column=True)).stream()).decode()
    else:
        text = ",".join(column.name for column in found.asked.columns_known.values())

    assert ("4711" in text or "Credit limit" in text) is sees


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_list_leaves_with_all_of_its_columns(name: str, client: Any, boss: Any) -> None:
    client.force_login(boss)

    for kind in ("csv", "xlsx", "json"):
        answer = client.get(f"/lists/{name}/export/file/?_columns=all&_kind={kind}")
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 1


def test_a_long_list_is_made_by_a_job_and_kept_for_who_asked(
    client: Any, boss: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("kernel.tables.export.AT_ONCE", 10)
    many_leads(25, boss)
    client.force_login(boss)

    assert client.get("/lists/leads/export/file/")["Location"].startswith("/lists/leads/export/")
    assert "in the background" in client.get("/lists/leads/export/").text
    answer = client.post("/lists/leads/export/?cols=number", {"_kind": "csv"})
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    jobs.run(str(job.public_id))

    job.refresh_from_db()
    assert (job.state, job.outcome) == ("done", {"rows": 25})
    lines = job.result.content.read().decode().splitlines()
    assert len(lines) == 26
    assert lines[0] == "Name,Number"


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_job_that_was_stopped_in_the_middle_goes_on_where_it_was(
    kind: str, boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.tables.exporting.PIECE", 4)
    many_leads(19, boss)
    found = Listing(LeadTable, boss, Asked(LeadTable, QueryDict("cols=number&sort=last_name"), boss))
    job = export.start_export(found, Wish(kind=kind), by=boss)

    turns = 1
    while jobs.run(str(job.public_id), turn=-1):
        turns += 1

    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert turns > 3
    content = job.result.content.read()
    if kind == "json":
        numbers = [row["number"] for row in json.loads(content)]
    elif kind == "csv":
        numbers = [line.split(",")[1] for line in content.decode().splitlines()[1:]]
    else:
        numbers = [
            row[1] for row in load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True)
        ]
    assert numbers == list(Lead.objects.order_by("last_name", "pk").values_list("number", flat=True))


def test_a_job_whose_owner_lost_the_right_gives_nothing(boss: Any) -> None:
    job = export.start_export(
        Listing(LeadTable, boss, Asked(LeadTable, QueryDict(""), boss)), Wish(), by=boss
    )
    boss.role = Role.FINANCE
    boss.save()

    jobs.run(str(job.public_id))

    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", None)


def test_memory_stays_flat_however_many_rows(boss: Any) -> None:
    many_leads(6_000, boss)

    def peak(most: int) -> int:
        asked = export_of(boss, f"sort=number&f=number:starts:LEA-M0{'' if most > 1000 else '0'}")
        tracemalloc.start()
        sizes = sum(len(piece) for piece in asked.stream())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert sizes > most * 20
        return found

    few, all_of_them = peak(1_000), peak(6_000)

    assert all_of_them < few * 3
