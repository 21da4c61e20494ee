"""Every report is a page, a file and an answer for machines, for everybody it is for."""

import csv
import io

import pytest

from reports.registry import REPORTS, report_named

EVERYBODY = ("rep", "manager", "finance", "administrator")
OF_DEALS = ("attention", "stuck", "number", "changed", "wins", "cycle", "owed", "cash")


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("slug", OF_DEALS)
def test_every_report_answers_on_its_page_in_a_file_and_to_machines(world, client, slug, name) -> None:
    client.force_login(world.people[name])

    page = client.get(f"/reports/{slug}/")
    file = client.get(f"/reports/{slug}/?format=csv")
    told = client.get(f"/api/v1/reports/{slug}/")

    report = report_named(slug)
    assert page.status_code == 200
    assert str(report.question) in page.content.decode()
    assert " style=" not in page.content.decode()
    assert file["Content-Type"].startswith("text/csv")
    assert told.status_code == 200
    assert told.json()["slug"] == slug
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    titles = [row for row in rows if row]
    assert len(titles) >= sum(len(table["rows"]) + 1 for table in told.json()["tables"])


def test_the_list_of_reports_has_those_that_one_may_ask(world, client) -> None:
    client.force_login(world.people["rep"])

    html = client.get("/reports/").content.decode()
    told = client.get("/api/v1/reports/").json()

    assert [one["slug"] for one in told] == list(OF_DEALS)
    assert all(f'href="/reports/{slug}/"' in html for slug in OF_DEALS)
    assert "/reports/sync/" not in html
    assert [report.slug for report in REPORTS][-1] == "sync"
