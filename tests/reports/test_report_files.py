"""A report taken away: the PDF says the figures of the page, the CSV has its tables."""

import csv
import io
import zipfile
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from integrations.models import Connection
from kernel.charts import BarRow, Bars, Mark
from reports import contents, printing
from reports import subscription_actions as actions
from reports.contents import Content, Grid
from reports.registry import REPORTS, report_named
from reports.report_contents import content_of_report
from tests.factories import OpportunityFactory, UserFactory
from tests.printing.making import is_archive, joined, pages_of, text_of
from tests.reports.test_subscriptions import files_to, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="sales_manager", first_name="Mona")


@pytest.fixture
def _deals(boss):
    today = timezone.localdate()
    for n in range(3):
        OpportunityFactory(owner=boss, estimated_revenue=Decimal(1000 + n), estimated_close_on=today)
        OpportunityFactory(owner=boss, status="won", actual_revenue=Decimal(500), closed_on=today)


def reader_of(slug, boss):
    """Somebody whom the report is for."""
    if not report_named(slug).is_for(boss):
        boss = UserFactory(role="administrator")
        Connection.objects.create(code="demo", name="Demo", kind="rest", base_url="https://erp.example.com")
    return boss


@pytest.mark.usefixtures("_deals")
@pytest.mark.parametrize("slug", [report.slug for report in REPORTS])
def test_the_paper_of_every_report_says_the_figures_of_its_page(client, boss, slug):
    user = reader_of(slug, boss)
    client.force_login(user)

    answer = client.get(reverse("reports:report-pdf", args=[slug]))

    content = content_of_report(user, slug, "")
    paper = joined(text_of(answer.content))
    assert answer["Content-Type"] == "application/pdf"
    assert joined(content.title) in paper
    for figure in content.figures:
        assert joined(figure.label) in paper
        assert joined(figure.text) in paper
    for grid in content.tables:
        assert joined(grid.title) in paper


@pytest.mark.usefixtures("_deals")
@pytest.mark.parametrize("slug", [report.slug for report in REPORTS])
def test_the_csv_of_every_report_has_its_tables(client, boss, slug):
    user = reader_of(slug, boss)
    client.force_login(user)

    answer = client.get(reverse("reports:report-csv", args=[slug]))

    tables = content_of_report(user, slug, "").tables
    if len(tables) > 1:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            files = [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]
    else:
        files = [answer.content.decode("utf-8-sig")]
    assert len(files) == max(1, len(tables))
    for grid, text in zip(tables, files, strict=False):
        assert len(list(csv.reader(io.StringIO(text)))) == len(grid.rows) + 1


def test_what_is_not_there_or_not_for_somebody_is_not_printed(client, boss):
    client.force_login(boss)

    assert client.get(reverse("reports:report-pdf", args=["nonsense"])).status_code == 404
    for report in REPORTS:
        for role in ("salesperson", "finance", "integration"):
            user = UserFactory(role=role)
            if not report.is_for(user):
                client.force_login(user)
                assert client.get(reverse("reports:report-csv", args=[report.slug])).status_code == 404


@pytest.mark.usefixtures("_deals")
def test_a_report_sent_to_two_people_has_the_figures_of_each(boss):
    rep = UserFactory(team=boss.team)
    slug = next(one.slug for one in REPORTS if one.is_for(boss) and one.is_for(rep))
    made = actions.create_subscription(
        by=boss, recipients=[boss, rep], about="report", slug=slug, name="To both", format="both"
    )
    actions.send_subscription_now(made, by=boss)

    work()

    assert len(outbox.outbox) == 2
    for user in (boss, rep):
        paper = joined(text_of(files_to(user)["pdf"]))
        for figure in content_of_report(user, slug, "").figures:
            assert joined(figure.text) in paper


def test_a_long_table_goes_over_pages_under_its_heads_and_says_what_is_left_out():
    rows = [[f"Row {n}", Decimal(n)] for n in range(2_500)]
    content = Content(title="Long", name="long", tables=[Grid("Everything", ["Name", "Value"], rows)])

    paper = printing.pdf_of(content)

    pages = pages_of(paper)
    assert is_archive(paper)
    assert len(pages) > 20
    assert all("Name" in page and "Value" in page for page in pages[:-1])
    assert "Everything: the first 2,000 of 2,500 rows are printed." in pages[-1]
    assert f"Page 1 of {len(pages)}" in pages[0]
    assert len(printing.csv_of(content.tables[0]).splitlines()) == 2_501


def test_pictures_stand_in_the_paper_with_their_sentence():
    chart = Bars("Where deals stand", "Most of them in the first step.", "None.",
                 [BarRow("Qualify", [Mark("Qualify", 7)]), BarRow("Close", [Mark("Close", 2)])])  # fmt: skip

    paper = text_of(printing.pdf_of(Content(title="Pictures", name="p", charts=[chart])))

    assert "Where deals stand" in paper
    assert "Most of them in the first step." in paper
    assert "Qualify" in paper


@pytest.mark.parametrize(
    "text",
    ["#panic()", "$x$ *bold* _it_", "= Heading", "\u0000\u202e", "x" * 3000, "مرحبا", "@ref <label>", "\\"],
)
def test_texts_are_never_markup(text):
    grid = Grid(text, [text, "n"], [[text, 1]])
    content = Content(title=text or "x", name=text, filters=[(text, text)], notes=[text], tables=[grid],
                      figures=[contents.Figure(text, text, text)])  # fmt: skip

    assert printing.pdf_of(content).startswith(b"%PDF-")
    assert "/" not in printing.stem(content)
