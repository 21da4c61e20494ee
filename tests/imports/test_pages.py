"""The four steps as people and machines walk them."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imports import actions
from imports.models import ImportRun
from kernel.models import CustomField
from leads.models import AssignmentRule, Lead
from tests.factories import UserFactory
from tests.imports.people import as_csv, leads
from tests.imports.scenes import bring, check, findings, imported, undone, work

pytestmark = pytest.mark.django_db


def said_by(html):
    """What the form of a page would send as it stands."""
    said = {}
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(
            r'<option value="([^"]*)"', body
        )
        said[name] = chosen[1]
    said |= dict(re.findall(r'<input name="([^"]+)"[^>]* value="([^"]*)"', html))
    return said | {"version": re.search(r'name="version" value="(\d+)"', html)[1]}


def text_of(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_a_list_is_brought_matched_checked_put_right_imported_and_undone(client, boss):
    client.force_login(boss)
    rows = leads(40, doubles=0)
    rows[5][3], rows[6][1], rows[6][2] = "ada@", "", ""
    upload = SimpleUploadedFile("messe.csv", as_csv(rows))

    matching = client.post("/imports/new/leads/", {"file": upload})["Location"]
    checking = client.post(matching, said_by(client.get(matching).text))["Location"]
    assert "Waits for its turn" in client.get(checking).text
    run = work(ImportRun.objects.get())
    asked = client.get(checking, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert (asked.status_code, asked["HX-Refresh"]) == (
        286,
        "true",
    )  # the button to import stands above the part
    page = client.get(checking).text
    assert "This is no complete e-mail address." in page
    assert "Import 38 rows" in page

    wrong = run.findings.get(field="email")
    said = {"row": wrong.row, "column": wrong.column, "offset": wrong.offset, "value": "ada@example.com"}
    client.post(f"/imports/{run.public_id}/correct/", said)
    assert "Import 39 rows" in client.get(checking).text
    done = client.post(f"/imports/{run.public_id}/run/")["Location"]
    work(run)

    assert Lead.objects.count() == 39
    assert Lead.objects.filter(email="ada@example.com").count() == 1
    failed = text_of(client.get(f"{done}result/failed/"))
    assert failed.splitlines()[0].endswith("Notiz,Reason")
    assert "Nachname: Give a last name or a company." in failed
    client.post(f"{done}undo/")
    assert work(run).status == "undone"
    assert not Lead.objects.exists()


def test_failed_rows_put_right_in_the_file_come_in_and_nothing_comes_twice(boss):
    rows = leads(20, doubles=0)
    rows[3][3] = "broken@"
    run = imported(as_csv(rows), by=boss)
    assert run.outcome["counts"] == {"created": 19, "failed": 1, "rows": 20}
    rows[3][3] = "whole@example.com"

    again = imported(as_csv(rows), by=boss)

    assert again.outcome["counts"] == {"created": 1, "unchanged": 19, "rows": 20}


def test_looking_again_with_htmx_swaps_the_step_and_saves_nothing(client, boss):
    client.force_login(boss)
    run = bring(b"Thema;Nachname;Betrag\na;N;1.250\n", by=boss)
    address = f"/imports/{run.public_id}/match/"
    said = said_by(client.get(address).text) | {"column-2": "budget_amount", "look": "1"}

    part = client.post(address, said, headers={"HX-Request": "true", "HX-Target": "step"})

    assert part.status_code == 200
    assert "<html" not in part.text
    assert "1.250 = 1250" in part.text
    assert ImportRun.objects.get().columns[2]["field"] == "estimated_value"
    refused = client.post(address, said_by(client.get(address).text))
    assert refused.status_code == 422
    assert "say how it is written" in refused.text


def test_columns_are_remembered_for_the_same_heads_in_any_order(boss):
    run = bring(b"Who;What\nLong;Laser\n", by=boss)
    columns = [{"field": "last_name", "way": ""}, {"field": "topic", "way": ""}]
    actions.match_columns(run, by=boss, columns=columns)

    again = bring(b"What;Who\nSaw;Bee\n", by=boss)

    assert [one["field"] for one in again.columns] == ["topic", "last_name"]


def test_pages_ask_the_same_number_of_questions_whatever_was_found(client, boss):
    client.force_login(boss)
    counts = []
    for broken in (1, 40):
        rows = leads(60, doubles=0, seed=broken)
        for row in rows[:broken]:
            row[3] = "broken@"
        run = check(bring(as_csv(rows), by=boss), by=boss)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(f"/imports/{run.public_id}/check/")
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 18


def test_others_do_not_see_an_import_and_finance_may_not_import(client, boss):
    run = bring(as_csv(leads(3)), by=boss)

    client.force_login(UserFactory())
    assert client.get(f"/imports/{run.public_id}/match/").status_code == 404
    client.force_login(UserFactory(role="finance"))
    assert client.get("/imports/").status_code == 403
    assert client.post("/imports/new/leads/").status_code == 403


def test_a_canceled_import_goes_on_where_it_stopped(boss):
    run = check(bring(as_csv(leads(30, doubles=0)), by=boss), by=boss)
    run = actions.run_import(run, by=boss)
    run = actions.cancel_import(run, by=boss)
    assert (run.status, Lead.objects.count()) == ("stopped", 0)

    run = work(actions.run_import(run, by=boss))

    assert (run.status, Lead.objects.count()) == ("done", 30)
    assert undone(run, by=boss).status == "undone"


def test_leads_without_an_owner_go_to_whom_the_rules_say(boss):
    seller = UserFactory(team=boss.team)
    AssignmentRule.objects.create(
        name="Fairs", position=1, sources=["trade_show"], target="user", user=seller
    )
    rows = b"Thema;Nachname;Quelle\na;Eins;Messe\nb;Zwei;Web\n"

    imported(rows, by=boss, options={"owner": "rules"})

    assert dict(Lead.objects.values_list("last_name", "owner__username")) == {
        "Eins": seller.username, "Zwei": boss.username,
    }  # fmt: skip


def test_fields_that_the_organization_added_are_columns_too(boss):
    CustomField.objects.create(
        record_type="leads.lead", name="promotion", label="Aktionscode", kind="choice",
        choices=[{"value": "spring", "label": "Spring"}],
    )  # fmt: skip
    CustomField.objects.create(
        record_type="leads.lead", name="badge", label="Badge", kind="text", is_unique=True
    )

    run = imported(
        b"Thema;Nachname;Aktionscode;Badge\na;Eins;Spring;7\nb;Zwei;Summer;8\nc;Drei;;7\n", by=boss
    )

    assert Lead.objects.get(last_name="Eins").custom == {"promotion": "spring", "badge": "7"}
    assert sorted(one[0] for one in findings(run, "failed")) == [3, 4]


def test_a_machine_brings_checks_runs_and_undoes(client, boss):
    client.force_login(boss)
    upload = SimpleUploadedFile("list.csv", b"Name;Mail\nLong;ada@example.com\nBee;bea@\n")
    mapping = json.dumps({"Name": "last_name", "Mail": "email"})

    made = client.post("/api/v1/imports/", {"type": "leads", "file": upload, "mapping": mapping})

    assert made.status_code == 201, made.text
    where = f"/api/v1/imports/{made.json()['id']}/"
    work(ImportRun.objects.get())
    shown = client.get(where).json()
    assert (shown["checked"], shown["check"]["created"], shown["check"]["failed"]) == (True, 1, 1)
    [problem] = client.get(f"{where}problems/?what=error").json()["results"]
    assert (problem["row"], problem["column"], problem["code"]) == (3, "Mail", "bad_email")
    said = {"row": 3, "column": "Mail", "value": "bea@example.com"}
    fixed = client.post(f"{where}correct/", said, content_type="application/json")
    assert fixed.json()["check"]["created"] == 2
    assert client.post(f"{where}run/", {}, content_type="application/json").status_code == 200
    work(ImportRun.objects.get())
    assert Lead.objects.count() == 2
    assert client.post(f"{where}undo/", {}, content_type="application/json").status_code == 200
    work(ImportRun.objects.get())
    assert not Lead.objects.exists()


def test_a_machine_is_told_what_is_wrong_with_its_file(client, boss):
    client.force_login(boss)
    upload = SimpleUploadedFile("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)

    refused = client.post("/api/v1/imports/", {"type": "leads", "file": upload})

    assert (refused.status_code, refused.json()["code"]) == (422, "old_excel")
