"""Every model has its place in the back office, and no page there grows with its table."""

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.admin import ReadOnly
from leads.models import Lead
from tests.admin import rows

OUR_APPS = (
    "kernel", "people", "catalog", "customers", "activities", "leads", "opportunities", "quotes", "orders", "invoices",
    "integrations", "duplicates", "imports", "forecasts", "reports",
)  # fmt: skip
MODELS = [model for name in OUR_APPS for model in apps.get_app_config(name).get_models()]

pytestmark = pytest.mark.django_db


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def change_page(model) -> str:
    row = model._default_manager.order_by("-pk").first()
    assert row is not None, f"tests/admin/rows.py makes no {model.__name__}"
    return address(model, "change", quote(row.pk))


def queries_of(client: Client, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
    return status, len(captured)


def both_pages(client: Client, model) -> list[tuple[int, int]]:
    return [queries_of(client, address(model, "changelist")), queries_of(client, change_page(model))]


def test_every_model_of_ours_is_registered() -> None:
    missing = [model._meta.label for model in MODELS if not admin.site.is_registered(model)]

    assert missing == []


def test_lists_and_pages_take_as_many_queries_with_thirty_rows_as_with_two(office: Client) -> None:
    rows.base()
    for n in range(2):
        rows.make(n)
    for model in MODELS:  # content types and the like are read once
        office.get(address(model, "changelist"))
        office.get(change_page(model))
    few = {model: both_pages(office, model) for model in MODELS}

    for n in range(2, 30):
        rows.make(n)
    office.get(change_page(Lead))  # the fields that were added meanwhile are read once
    many = {model: both_pages(office, model) for model in MODELS}

    assert {m.__name__: v for m, v in many.items() if [s for s, _q in v] != [200, 200]} == {}
    grown = {m.__name__: (few[m], many[m]) for m in MODELS if few[m] != many[m]}
    assert grown == {}
    assert {m.__name__: v for m, v in many.items() if v[0][1] > 12 or v[1][1] > 25} == {}


def test_every_add_page_opens_or_is_refused_because_machines_write_it(office: Client) -> None:
    rows.base()
    rows.make(0)

    statuses = {model.__name__: office.get(address(model, "add")).status_code for model in MODELS}

    closed = {name for name, status in statuses.items() if status == 403}
    assert set(statuses.values()) <= {200, 403}
    assert closed == {
        "OutboxMessage", "HistoryEntry", "NumberSeries", "IdempotencyRecord", "ApiToken", "OpportunityLine",
        "OpportunityClose", "StageVisit", "Stakeholder", "QuoteLine", "OrderLine", "Shipment", "ShipmentLine",
        "ChangeRequest", "ChangeRequestLine",
        "InvoiceLine", "Payment", "Allocation", "Instalment", "Reminder", "ExternalReference", "DeliveryAttempt",
        "InboxMessage", "SyncCursor", "Organization",
        "OutgoingMail", "CustomerLink", "Acceptance", "Approval", "RelatedProduct",
        "Affiliation", "BookAddress", "ContactPoint", "UniqueValue",
        "RemovedRecord", "Job", "StoredFile", "SavedView", "ViewChoice",
        "Attachment", "CalendarFeed", "Follow", "Notification", "NotificationSetting", "Participant", "Snooze",
        "DuplicateRule", "DuplicatePair", "Merge", "MergedRecord", "MovedLink", "MatchKey", "KeyState",
        "ImportRun", "Finding", "Correction", "Effect", "Mapping", "ExternalKey",
        "WebEntry", "LeadQualification", "Goal", "ForecastCall", "Snapshot", "DealAsOf", "SumAsOf", "Subscription",
        "Recipient", "Dashboard", "Tile", "Home", "Rival", "DealMember", "Tally",
    }  # fmt: skip


def test_no_form_offers_the_rows_of_a_table_that_grows(office: Client, rf, admin_user) -> None:
    """A select is for reference data only; anything else is searched for."""
    request = rf.get("/")
    request.user = admin_user
    loaded = []
    for model in MODELS:
        form = admin.site._registry[model].get_form(request)
        for name, field in form.base_fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(field, forms.ModelChoiceField) and isinstance(widget, forms.Select):
                target = admin.site._registry.get(field.queryset.model)
                is_small = field.queryset.model is ContentType or getattr(target, "is_small", False)
                if is_small or type(widget).__name__.startswith("Autocomplete"):
                    continue
                loaded.append(f"{model.__name__}.{name}")

    assert loaded == []


def test_a_list_counts_no_further_than_its_last_page(office: Client, monkeypatch) -> None:
    rows.base()
    for _n in range(5):
        rows.LeadFactory()
    monkeypatch.setattr("kernel.admin.CappedPaginator.LIMIT", 3)

    with CaptureQueriesContext(connection) as captured:
        page = office.get("/admin/leads/lead/").content.decode()

    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"] and "leads_lead" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 4" in counts[0]
    assert "more than" in page


def test_no_list_counts_the_whole_table_for_its_headline() -> None:
    assert [m.__name__ for m in MODELS if admin.site._registry[m].show_full_result_count] == []


def test_every_list_comes_in_pages_of_at_most_fifty() -> None:
    found = {admin.site._registry[model].list_per_page for model in MODELS}
    all_at_once = {admin.site._registry[model].list_max_show_all for model in MODELS}

    assert found == {50}
    assert all_at_once == {0}


def test_searching_and_completing_work_for_every_model_that_is_searched(office: Client) -> None:
    rows.base()
    rows.make(0)

    for model in MODELS:
        answer = office.get(address(model, "changelist"), {"q": "ada 1"})
        assert answer.status_code == 200, model
        place = admin.site._registry[model]
        for field in [] if isinstance(place, ReadOnly) else place.references():
            if field.editable and not place.fits_in_select(field):
                opts = model._meta
                query = {
                    "app_label": opts.app_label, "model_name": opts.model_name, "field_name": field.name, "term": "a",
                }  # fmt: skip
                assert office.get("/admin/autocomplete/", query).status_code == 200, (model, field)
