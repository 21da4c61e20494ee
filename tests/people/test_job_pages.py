"""Long work as people see it."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from kernel import jobs
from kernel.files import keep_file
from kernel.models import Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory()


@pytest.fixture
def browser(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def made(by, **values) -> Job:
    job = jobs.start("export", by=by, title="Export of leads", total=200)
    Job.objects.filter(pk=job.pk).update(**values)
    job.refresh_from_db()
    return job


def test_a_job_that_waits_shows_its_progress_and_asks_again(browser, ada):
    job = made(ada, done=50)

    page = browser.get(job.get_absolute_url())
    assert "50 of 200" in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert '<meta http-equiv="refresh"' in page.text

    Job.objects.update(state="done", done=200, outcome={"written": 200})
    part = browser.get(job.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "progress"})
    assert part.status_code == 286
    assert "every 2s" not in part.text
    assert "Written" in part.text


def test_the_result_is_a_file_to_save(browser, ada):
    result = keep_file("leads.csv", ContentFile(b"a,b\n"), by=ada, purpose="result")
    job = made(ada, state="done", result=result)

    answer = browser.get(f"{job.get_absolute_url()}result/")

    assert answer["Content-Disposition"] == 'attachment; filename="leads.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"a,b\n"


def test_a_job_can_be_canceled_by_who_asked_for_it_and_by_nobody_else(browser, ada):
    job = made(ada)
    stranger = Client()
    stranger.force_login(UserFactory(role="sales_manager"))

    assert stranger.post(f"{job.get_absolute_url()}cancel/").status_code == 404
    browser.post(f"{job.get_absolute_url()}cancel/")

    job.refresh_from_db()
    assert job.state == "canceled"


def test_the_bar_looks_after_a_job_until_it_is_over(browser, ada):
    job = made(ada)
    assert 'id="tray"' not in browser.get("/profile/").text

    browser.get(job.get_absolute_url())
    assert 'id="tray"' in browser.get("/profile/").text
    assert "At work" in browser.get("/jobs/tray/").text or "0 %" in browser.get("/jobs/tray/").text

    Job.objects.update(state="done")
    assert browser.get("/jobs/tray/").status_code == 286
    assert 'id="tray"' not in browser.get("/profile/").text


def test_a_machine_follows_its_job(browser, ada):
    job = made(ada, done=50)

    answer = browser.get(f"/api/v1/jobs/{job.public_id}/").json()

    assert (answer["state"], answer["done"], answer["total"], answer["has_result"]) == (
        "queued",
        50,
        200,
        False,
    )
    assert browser.get("/api/v1/jobs/?state=queued").json()["results"] == [answer]
    assert browser.post(f"/api/v1/jobs/{job.public_id}/cancel/").json()["state"] == "canceled"
    assert browser.get(f"/api/v1/jobs/{job.public_id}/result/").status_code == 404
