"""Files of records: what is taken and what is refused, who may have them, and how they are handed out (S10)."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.actions import attach_files, remove_attachment, restore_attachment
from activities.models import Attachment
from activities.subjects import key_of
from kernel import history
from kernel.errors import DomainError
from kernel.models import StoredFile
from tests.factories import AccountFactory, ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
GIF = b"GIF89a" + b"\x01\x00" * 20


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def lead(seller):
    return LeadFactory(owner=seller)


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def bytes_kept(place: Path) -> list[Path]:
    return [one for one in place.rglob("*") if one.is_file()]


# --- what is taken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("offer.pdf", PDF, "application/pdf"),
        ("Photo.PNG", PNG, "image/png"),
        ("plan.gif", GIF, "image/gif"),
        ("list.csv", b"a;b\n1;2\n", "text/csv"),
        ("umlaut.txt", "Größe".encode(), "text/plain"),
        (
            "book.xlsx",
            zipped(workbook=b"x"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_a_sound_file_is_kept_under_a_name_nobody_can_guess(seller, lead, media, name, content, kind):
    (made,) = attach_files(lead, [file(name, content)], by=seller)

    assert (made.name, made.file.media_type, made.file.size) == (name, kind, len(content))
    (place,) = bytes_kept(media)
    assert place.read_bytes() == content
    assert name.split(".")[0].lower() not in str(place).lower()
    assert history.of(lead)[0].verb == "attached"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (
            "logo.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "kind_not_kept",
        ),
        ("logo.png", b"<svg><script>alert(1)</script></svg>", "not_what_it_says"),
        ("offer.pdf", b"<html><script>alert(1)</script></html>", "not_what_it_says"),
        ("offer.pdf", b"\xef\xbb\xbf  <!DOCTYPE html><p>hello", "not_what_it_says"),
        ("page.html", b"<html></html>", "kind_not_kept"),
        ("run.exe", b"MZ\x90\x00", "kind_not_kept"),
        ("offer.pdf.exe", PDF, "kind_not_kept"),
        ("offer.pdf", b"MZ\x90\x00" + PDF, "not_what_it_says"),
        ("notes.txt", b"#!/bin/sh\nrm -rf /", "not_what_it_says"),
        ("notes.txt", b"text\x00binary", "not_what_it_says"),
        ("photo.gif", GIF + b"<script>alert(1)</script>", "not_what_it_says"),
        ("photo.png", PNG + b"x" * 2_000_000 + b"< SCRIPT >", "not_what_it_says"),
        ("photo.jpg", PNG, "not_what_it_says"),
        ("photo.png", PNG + zipped(jar=b"class"), "not_what_it_says"),
        ("offer.pdf", PDF + zipped(jar=b"class"), "not_what_it_says"),
        ("offer.pdf", PDF.replace(b"%%EOF", b"<script>x</script>%%EOF"), "not_what_it_says"),
        ("macro.docx", zipped(**{"word/vbaProject.bin": b"x"}), "not_what_it_says"),
        ("../../x", b"text", "kind_not_kept"),
        ("empty.pdf", b"", "empty"),
        ("evil\u202efdp.exe", b"MZ", "kind_not_kept"),
    ],
)
def test_what_is_dangerous_or_not_what_it_says_is_refused_and_nothing_is_kept(
    seller, lead, media, name, content, code
):
    with pytest.raises(DomainError) as refused:
        attach_files(lead, [file("fine.pdf", PDF), file(name, content)], by=seller)

    assert refused.value.code == code
    assert (Attachment.objects.count(), StoredFile.objects.count(), bytes_kept(media)) == (0, 0, [])
    assert not history.of(lead).exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("harm\u202etxt.pdf", "harmtxt.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie x.pdf"),
    ],
)
def test_a_name_cannot_lead_anywhere_or_read_backwards(seller, lead, name, kept):
    content = b"text" if name.endswith("txt") else PDF
    upload = file("x", content)
    upload._name = name  # past Django's own cleaning

    (made,) = attach_files(lead, [upload], by=seller)

    assert made.name.replace(":", "") == kept


def test_a_file_larger_than_the_installation_allows_is_refused(seller, lead, settings):
    settings.ATTACHMENT_MAX_BYTES = 10

    with pytest.raises(DomainError, match="larger than 10"):
        attach_files(lead, [file("offer.pdf", PDF)], by=seller)


def suspicious(name, content):
    return "EICAR" if b"EICAR" in content.read() else ""


def test_the_scanner_of_the_installation_has_the_last_word(seller, lead, settings):
    settings.ATTACHMENT_SCANNER = "tests.activities.test_files.suspicious"

    attach_files(lead, [file("fine.txt", b"hello")], by=seller)
    with pytest.raises(DomainError, match="EICAR"):
        attach_files(lead, [file("bad.txt", b"EICAR-TEST")], by=seller)

    assert Attachment.objects.count() == 1


# --- who, and how they are handed out ----------------------------------------------------------------------------


def test_a_download_is_saved_and_never_shown(client, seller, lead):
    (made,) = attach_files(lead, [file("offer.pdf", PDF)], by=seller)

    answer = client.get(made.get_absolute_url())

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_the_rights_of_a_file_are_those_of_its_record(client, seller, lead):
    (made,) = attach_files(lead, [file("offer.pdf", PDF)], by=seller)
    client.force_login(UserFactory())

    assert client.get(made.get_absolute_url()).status_code == 404
    assert client.post(f"{made.get_absolute_url()}remove/").status_code == 404
    assert client.get(reverse("activities:attach", args=[key_of(lead)])).status_code == 404


def test_who_may_only_look_at_a_record_attaches_nothing(seller, lead):
    with pytest.raises(PermissionDenied):
        attach_files(lead, [file("offer.pdf", PDF)], by=UserFactory(role="finance"))

    assert not Attachment.objects.exists()


def test_files_hang_on_activities_and_accounts_alike(seller):
    for record in (ActivityFactory(owner=seller), AccountFactory(owner=seller)):
        (made,) = attach_files(record, [file("offer.pdf", PDF)], by=seller)
        assert made.record == record


def test_a_file_taken_off_comes_back_as_it_was(client, seller, lead):
    (made,) = attach_files(lead, [file("offer.pdf", PDF)], by=seller)
    before = Attachment.objects.values().get()

    removed = remove_attachment(made, by=seller)
    assert not Attachment.objects.exists()
    restore_attachment(removed, by=seller)

    assert Attachment.objects.values().get() == before
    assert [one.verb for one in history.of(lead)] == ["attached_again", "detached", "attached"]


def test_taking_off_offers_the_way_back_and_strangers_cannot_use_it(client, seller, lead):
    (made,) = attach_files(lead, [file("offer.pdf", PDF)], by=seller)

    page = client.post(f"{made.get_absolute_url()}remove/", follow=True)
    undo = next(word for word in page.text.split('"') if word.endswith("/restore/"))
    client.force_login(UserFactory())
    assert client.post(undo).status_code == 404
    client.force_login(seller)
    client.post(undo)

    assert Attachment.objects.get().pk == made.pk


# --- pages -----------------------------------------------------------------------------------------------------


def test_files_are_brought_by_a_plain_form_and_stand_in_the_timeline(client, seller, lead):
    address = reverse("activities:attach", args=[key_of(lead)])

    answer = client.post(address, {"files": [file("offer.pdf", PDF), file("list.csv", b"a,b")]})

    assert answer.url == lead.get_absolute_url()
    story = client.get(reverse("activities:story", args=[key_of(lead)])).text
    assert "offer.pdf" in story
    assert "list.csv" in story


def test_a_refused_file_is_named_on_the_form_and_to_the_drop(client, seller, lead):
    address = reverse("activities:attach", args=[key_of(lead)])

    page = client.post(address, {"files": file("page.html", b"<html>")})
    drop = client.post(address, {"files": file("page.html", b"<html>")}, headers={"X-Drop": "1"})

    assert (page.status_code, drop.status_code) == (422, 422)
    assert "page.html is of a kind that is not kept here" in page.text
    assert "page.html" in drop.json()["error"]


def test_no_file_at_all_is_said_in_words(client, seller, lead):
    answer = client.post(reverse("activities:attach", args=[key_of(lead)]), {})

    assert answer.status_code == 422
    assert "Choose a file." in answer.text
