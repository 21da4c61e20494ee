"""The one organization: who edits it, what may be its logo, and what of it stands on paper."""

import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from kernel.models import HistoryEntry
from people.logos import kind_of_logo
from people.models import Organization
from quotes.printing import quote_pdf
from salesops.demo.letterhead import drawn_logo
from tests.document_factories import QuoteFactory
from tests.factories import UserFactory
from tests.printing.making import is_archive, text_of

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10z"/></svg>'
EDIT = "/admin/people/organization/1/change/"
JPEG_HEAD = b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)


def png(width=2, height=2):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"\x17\x5c\x5a" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def office(client: Client):
    client.force_login(UserFactory(role="administrator", is_staff=True, is_superuser=True))
    return client


def fields(**changed):
    return {
        "name": "Borg AG", "street": "Ring 1", "postcode": "8001", "city": "Zürich", "region": "", "country": "ch",
        "email": "post@borg.example", "phone": "", "website": "", "tax_number": "CHE-1", "register_entry": "",
        "bank_details": "IBAN CH93", "accent": "#AA3300", "paper": "a4", "language": "de", "footer_line": "Seit 1901",
        "quote_terms": "Es gelten unsere AGB.", "order_terms": "", "invoice_terms": "",
    } | changed  # fmt: skip


def test_before_anybody_described_it_documents_are_printed_all_the_same():
    assert Organization.current().pk == Organization.ONLY
    assert not Organization.objects.exists()
    assert is_archive(quote_pdf(QuoteFactory()))


def test_the_office_describes_it_and_the_history_remembers_who(office):
    Organization.current().save()

    answer = office.post(EDIT, fields(upload=SimpleUploadedFile("logo.svg", SVG)))

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    ours = Organization.current()
    assert (ours.name, ours.country, ours.language, ours.logo_type) == (
        "Borg AG",
        "CH",
        "de",
        "image/svg+xml",
    )
    entry = HistoryEntry.objects.get(record_type="people.organization", verb="changed")
    assert entry.changes["name"] == ["Salesops", "Borg AG"]
    assert entry.changes["upload"] == [None, "logo.svg"]


def test_what_it_says_stands_on_the_paper(office):
    Organization.current().save()
    office.post(EDIT, fields(upload=SimpleUploadedFile("logo.png", png())))

    text = text_of(quote_pdf(QuoteFactory(language="")))

    for said in (
        "Borg AG",
        "Ring 1",
        "8001 Zürich",
        "CHE-1",
        "IBAN CH93",
        "Seit 1901",
        "Es gelten unsere AGB.",
        "Angebot",
    ):
        assert said in text


def test_the_first_description_is_made_in_the_office_too(office):
    assert office.get("/admin/people/organization/add/").status_code == 200
    assert office.post("/admin/people/organization/add/", fields()).status_code == 302
    assert Organization.objects.get().name == "Borg AG"
    assert office.get("/admin/people/organization/add/").status_code == 403


def test_the_logo_can_be_taken_off_again(office):
    Organization(pk=1, logo=SVG, logo_type="image/svg+xml").save()

    office.post(EDIT, fields(remove_logo="on"))

    assert (bytes(Organization.current().logo), Organization.current().logo_type) == (b"", "")


def test_only_administrators_see_it(client: Client):
    Organization.current().save()
    client.force_login(UserFactory(role="sales_manager", is_staff=True))

    assert client.get(EDIT).status_code in (302, 403)


def test_there_is_only_one():
    Organization.current().save()

    with pytest.raises(IntegrityError), transaction.atomic():
        Organization(pk=2).save()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), "image/png"),
        (JPEG_HEAD + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 40, 60, 3) + bytes(9), "image/jpeg"),
        (SVG, "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- drawn by hand -->' + SVG, "image/svg+xml"),
        (drawn_logo().encode(), "image/svg+xml"),
    ],
)
def test_a_logo_is_known_by_its_bytes(data, kind):
    assert kind_of_logo(data) == kind


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="https://elsewhere.example/x.png"/>',
        '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="file:///etc/passwd"/>',
        '<rect onload="alert(1)"/>',
        '<rect fill="url(https://elsewhere.example/x#y)"/>',
        "<style>@import url(//elsewhere.example/x.css)</style>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<a href="javascript:alert(1)"><rect/></a>',
        '<set attributeName="href" to="x"/>',
        '<use href="other.svg#x"/>',
    ],
)
def test_a_drawing_that_acts_or_reaches_outside_is_no_logo(inside):
    with pytest.raises(ValidationError, match="scripts or refer"):
        kind_of_logo(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7",
        b"<html><svg></svg></html>",
        b"<svg",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>',
        png()[:20],
        b"\xff\xd8\xff\xe0\x00",
        png(5000, 1),
        b"<svg>" + b" " * 600_000 + b"</svg>",
    ],
)
def test_what_is_no_fit_picture_is_no_logo(data):
    with pytest.raises(ValidationError):
        kind_of_logo(data)


def test_a_refused_logo_is_said_on_the_form_and_nothing_is_kept(office):
    Organization.current().save()

    answer = office.post(EDIT, fields(upload=SimpleUploadedFile("x.svg", b"<svg><script/></svg>")))

    assert answer.status_code == 200
    assert "may not hold scripts" in answer.content.decode()
    assert Organization.current().name == "Salesops"
