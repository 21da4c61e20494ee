"""Activities, files, followers, notifications and timelines for machines: the same rules as on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activities.actions import create_activity, followers, notify
from activities.models import Activity, Attachment, Notification
from kernel import history
from tests.api.conftest import client_of
from tests.factories import ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def api(rep):
    return client_of(rep)


@pytest.fixture
def lead(rep):
    return LeadFactory(owner=rep)


def upload(api, about, name="list.csv", content=b"a,b"):
    said = {"about": about, "files": [SimpleUploadedFile(name, content)]}
    return api.post("/api/v1/attachments/", said, format="multipart")


def test_an_appointment_is_made_with_people_moved_done_and_opened_again(api, rep, lead):
    UserFactory(username="ben")
    made = api.post("/api/v1/activities/", {
        "kind": "appointment", "subject": "Visit", "regarding": f"lead:{lead.number}", "place": "Ulm",
        "due_at": "2027-01-31T09:00:00Z", "ends_at": "2027-01-31T10:00:00Z", "participants": ["@ben", "a@b.example"],
    })  # fmt: skip
    assert made.status_code == 201, made.data
    assert made.data["participants"] == ["@ben", "a@b.example"]
    address = f"/api/v1/activities/{made.data['id']}/"

    put_off = api.post(f"{address}snooze/", {"until": "2027-02-01T09:00:00Z"})
    assert (put_off.data["due_at"], put_off.data["ends_at"]) == (
        "2027-02-01T09:00:00Z",
        "2027-02-01T10:00:00Z",
    )
    done = api.post(f"{address}complete/", {"outcome": "held", "minutes": 50, "result": "They buy."})
    assert (done.data["status"], done.data["minutes"], done.data["result"]) == ("completed", 50, "They buy.")
    assert api.post(f"{address}reopen/", {}).data["status"] == "open"


def test_a_call_that_is_over_is_logged_as_done(api, lead):
    said = {
        "kind": "call",
        "subject": "Prices",
        "direction": "in",
        "done": True,
        "regarding": f"lead:{lead.number}",
    }

    made = api.post("/api/v1/activities/", said)

    assert (made.data["status"], made.data["direction"]) == ("completed", "in")
    assert "done" not in made.data


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"participants": ["@nobody"]}, "participants.0"), ({"priority": "huge"}, "priority"),
        ({"ends_at": "2020-01-01T00:00:00Z", "due_at": "2021-01-01T00:00:00Z"}, "ends_at"), ({"snoozed": 3}, "snoozed"),
    ],
)  # fmt: skip
def test_wrong_input_names_its_field_and_makes_nothing(api, wrong, field):
    answer = api.post("/api/v1/activities/", {"kind": "task", "subject": "x", **wrong})

    assert answer.status_code in (400, 422)
    assert field.partition(".")[0] in answer.data["errors"][0]["field"]
    assert not Activity.objects.exists()


def test_only_who_leads_others_gives_work_away(api, rep):
    task = ActivityFactory(owner=rep)
    boss = client_of(UserFactory(role="sales_manager", team=rep.team))
    colleague = UserFactory(team=rep.team)

    said = {"owner": colleague.username}
    assert api.post(f"/api/v1/activities/{task.public_id}/assign/", said).status_code in (400, 403)
    assert boss.post(f"/api/v1/activities/{task.public_id}/assign/", said).data["owner"] == colleague.username
    assert Notification.objects.get().user == colleague


def test_files_are_brought_listed_fetched_and_taken_off(api, lead):
    about = f"lead:{lead.number}"
    made = upload(api, about)
    assert (made.status_code, made.data[0]["name"], made.data[0]["size"]) == (201, "list.csv", 3)
    address = f"/api/v1/attachments/{made.data[0]['id']}/"

    assert [one["id"] for one in api.get("/api/v1/attachments/", {"about": about}).data["results"]] == [
        made.data[0]["id"]
    ]
    content = api.get(f"{address}content/")
    assert b"".join(content.streaming_content) == b"a,b"
    assert content["Content-Disposition"].startswith("attachment")
    assert api.delete(address).status_code == 204
    assert not Attachment.objects.exists()


def test_a_file_that_lies_is_refused_in_words(api, lead):
    answer = upload(api, f"lead:{lead.number}", "offer.pdf", b"<html>")

    assert (answer.status_code, answer.data["code"]) == (422, "not_what_it_says")
    assert not Attachment.objects.exists()


def test_files_of_records_out_of_sight_are_absent(api, lead, rep):
    file = upload(api, f"lead:{lead.number}").data[0]
    stranger = client_of(UserFactory())

    for path in ("", "content/"):
        assert stranger.get(f"/api/v1/attachments/{file['id']}/{path}").status_code == 404
    assert stranger.delete(f"/api/v1/attachments/{file['id']}/").status_code == 404
    assert stranger.get("/api/v1/attachments/", {"about": f"lead:{lead.number}"}).status_code == 404
    assert upload(stranger, f"lead:{lead.number}").status_code == 400
    assert api.get("/api/v1/attachments/").status_code == 400


def test_one_follows_and_stops(api, rep, lead):
    about = f"lead:{lead.public_id}"
    assert api.get("/api/v1/follow/", {"about": about}).data == {"about": about, "follow": True}

    assert api.post("/api/v1/follow/", {"about": about, "follow": False}).data["follow"] is False
    assert followers(lead) == []
    assert api.post("/api/v1/follow/", {"about": about}).status_code == 400


def test_notifications_are_read_by_whom_they_are_for(api, rep, lead):
    notify([rep], text="Look at this", record=lead, kind="mention", by=UserFactory(username="mei"))
    notify([rep], text="Not any more yours", record=LeadFactory(owner=rep), kind="mention")
    LeadFactory._meta.model.objects.exclude(pk=lead.pk).update(owner=UserFactory(), team=None)

    (one,) = api.get("/api/v1/notifications/", {"unread": "true"}).data["results"]

    assert (one["text"], one["about"], one["by"]) == ("Look at this", f"lead:{lead.public_id}", "mei")
    assert api.post(f"/api/v1/notifications/{one['id']}/read/").status_code == 204
    assert api.post("/api/v1/notifications/read-all/").status_code == 204
    assert api.get("/api/v1/notifications/", {"unread": "true"}).data["results"] == []
    assert api.get("/api/v1/notifications/", {"unread": "perhaps"}).status_code == 400
    assert client_of(UserFactory()).post(f"/api/v1/notifications/{one['id']}/read/").status_code == 404


def test_the_timeline_is_read_page_by_page(api, rep, lead):
    for number in range(45):
        history.record(lead, "contacted", by=rep, note=str(number))
    create_activity(by=rep, regarding=lead, kind="call", subject="Prices", done=True)
    about = f"lead:{lead.number}"

    first = api.get("/api/v1/timeline/", {"about": about}).data
    rest = api.get("/api/v1/timeline/", {"about": about, "before": first["older"]}).data

    assert (len(first["results"]), len(rest["results"]), rest["older"]) == (40, 6, "")
    assert first["results"][0]["title"] == "Prices"
    (call,) = api.get("/api/v1/timeline/", {"about": about, "show": "calls"}).data["results"]
    assert call["what"] == "made a call"
    assert api.get("/api/v1/timeline/", {"about": about, "show": "nonsense"}).status_code == 400
    assert client_of(UserFactory()).get("/api/v1/timeline/", {"about": about}).status_code == 404
