"""What added fields take: typed, checked, every mistake at once; what nobody names stays."""

from typing import Any

import pytest

from kernel import snapshots
from kernel.customfields import Carried, carried, clean
from kernel.customfields.cleaning import Refused
from kernel.errors import DomainError
from kernel.models import CustomField, HistoryEntry, UniqueValue
from leads.actions import change_lead, create_lead
from leads.models import Lead
from opportunities.models import Opportunity
from tests.customfields.fields import field
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def refusals(given: dict[str, Any], before: dict[str, Any] | None = None, **options: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        clean(Lead, given, before or {}, **options)
    return {one.field: one.code for one in refused.value.blockers}


def test_all_mistakes_are_told_at_once_each_with_its_field():
    field("size", "number", decimals=1)
    field("launch", "date")
    field("source", "choice", choices=["web", "fair"])

    found = refusals({"size": "many", "launch": "31.1.2026", "source": "moon", "color": "red"})

    assert found == {
        "custom.size": "invalid", "custom.launch": "invalid", "custom.source": "invalid",
        "custom.color": "unknown_field",
    }  # fmt: skip


def test_the_words_of_a_refusal_name_the_field():
    field("size", "number", label="Size of the fleet")

    with pytest.raises(Refused, match="Size of the fleet: Give a whole number"):
        clean(Lead, {"size": "1.5"}, {})


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  SPRING ", "SPRING"),
        ("text", 7, "7"),
        ("long_text", "one\r\ntwo", "one\ntwo"),
        ("number", "12.50", "12.5"),
        ("number", 1e3, "1000"),
        ("number", "-0.00", "0"),
        ("number", 7, "7"),
        ("date", "2026-01-31", "2026-01-31"),
        ("choice", "web", "web"),
        ("choices", ["fair", "web", "fair"], ["web", "fair"]),
        ("choices", "fair, web", ["web", "fair"]),
        ("boolean", "yes", True),
        ("boolean", False, False),
        ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
    ],
)
def test_a_value_has_one_spelling(kind, given, kept):
    field("it", kind, decimals=2, choices=["web", "fair"])

    assert clean(Lead, {"it": given}, {}) == {"it": kept}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", "x" * 201), ("text", "two\nlines"), ("text", "nul\0"), ("text", {}), ("text", "\ud800"),
        ("text", True),
        ("long_text", "x" * 20_001), ("long_text", ["x"]), ("number", "1.234"), ("number", "NaN"),
        ("number", "Infinity"), ("number", True), ("number", "1e99"), ("number", "1" * 16), ("number", "1,5"),
        ("number", "9" * 5000), ("number", "1e999999999"), ("date", "2026-02-30"), ("date", "tomorrow"),
        ("date", 20260131), ("choice", "moon"), ("choice", {}), ("choices", ["moon"]), ("choices", {"web": 1}),
        ("boolean", "maybe"), ("boolean", 2), ("boolean", {}), ("url", "javascript:alert(1)"), ("url", "example.com"),
        ("url", "https://" + "x" * 500), ("reference", "LEA-1"), ("reference", 5), ("reference", {}),
        ("reference", "00000000-0000-4000-8000-000000000000"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(kind, given):
    field("it", kind, decimals=2, choices=["web", "fair"], refers_to="leads.lead")

    assert list(refusals({"it": given})) == ["custom.it"]


def test_a_new_record_gets_defaults_and_needs_what_is_required():
    field("source", "choice", choices=["web", "fair"], default="fair")
    field("size", "number", is_required=True)

    assert refusals({}, is_new=True) == {"custom.size": "required"}
    assert clean(Lead, {"size": 3}, {}, is_new=True) == {"size": "3", "source": "fair"}
    assert clean(Lead, {"size": 3, "source": None}, {}, is_new=True) == {"size": "3"}


def test_an_old_record_is_asked_only_for_what_one_touches():
    field("size", "number", is_required=True)
    field("color", "text")

    assert clean(Lead, {"color": "red"}, {}) == {"color": "red"}
    assert refusals({"size": ""}, {"size": "3"}) == {"custom.size": "required"}


def test_values_of_a_removed_field_stay_and_cannot_be_changed():
    field("color", "text", is_active=False)

    assert clean(Lead, {"color": "red"}, {"color": "red"}) == {"color": "red"}
    assert clean(Lead, {}, {"color": "red"}) == {"color": "red"}
    assert refusals({"color": "blue"}, {"color": "red"}) == {"custom.color": "unknown_field"}


def test_a_value_that_its_field_no_longer_takes_may_stay():
    field("source", "choice", choices=["web"])

    assert clean(Lead, {"source": "fair"}, {"source": "fair"}) == {"source": "fair"}


def test_creating_and_changing_a_lead_go_by_the_fields():
    field("size", "number", decimals=1)
    field("color", "text")
    seller = UserFactory()

    lead = create_lead(by=seller, topic="x", company="y", custom={"size": "2.50", "color": "red"})
    change_lead(lead, by=seller, custom={"color": None})

    lead.refresh_from_db()
    assert lead.custom == {"size": "2.5"}


def test_the_history_names_the_single_field():
    field("size", "number")
    field("color", "text")
    lead = LeadFactory(custom={"size": "2", "color": "red"})

    change_lead(lead, by=lead.owner, custom={"size": "3"})

    assert history_of(lead).changes == {"custom.size": ["2", "3"]}


def history_of(record: Any) -> Any:
    return HistoryEntry.objects.filter(record_id=record.pk, verb="changed").latest("id")


# --- no two alike -----------------------------------------------------------------


def test_a_unique_value_is_refused_to_the_second_record_whatever_its_case():
    field("badge", "text", is_unique=True)
    seller = UserFactory()
    first = create_lead(by=seller, topic="x", company="y", custom={"badge": "A-1"})

    assert refusals({"badge": "a-1"}) == {"custom.badge": "not_unique"}
    assert clean(Lead, {"badge": "a-1"}, {}, record_id=first.pk)


def test_a_value_that_was_given_up_is_free_again():
    field("badge", "text", is_unique=True)
    seller = UserFactory()
    first = create_lead(by=seller, topic="x", company="y", custom={"badge": "A-1"})

    change_lead(first, by=seller, custom={"badge": ""})
    second = create_lead(by=seller, topic="x", company="y", custom={"badge": "A-1"})

    assert list(UniqueValue.objects.values_list("record_id", flat=True)) == [second.pk]


def test_a_record_that_is_gone_holds_nothing():
    field("badge", "text", is_unique=True)
    seller = UserFactory()
    create_lead(by=seller, topic="x", company="y", custom={"badge": "A-1"})
    Lead.objects.all().delete()

    second = create_lead(by=seller, topic="x", company="y", custom={"badge": "A-1"})

    assert list(UniqueValue.objects.values_list("record_id", flat=True)) == [second.pk]


def test_a_record_out_of_the_bin_takes_its_value_back_unless_somebody_has_it():
    field("badge", "text", is_unique=True)
    seller = UserFactory(role="administrator")
    first, second = (create_lead(by=seller, topic="x", company="y", custom={"badge": b}) for b in "AB")
    removed = [snapshots.remove(lead, by=seller) for lead in (first, second)]
    create_lead(by=seller, topic="x", company="y", custom={"badge": "A"})

    with pytest.raises(DomainError, match="Another record has this value"):
        snapshots.restore(removed[0], by=seller)
    snapshots.restore(removed[1], by=seller)

    assert refusals({"badge": "b"}) == {"custom.badge": "not_unique"}


# --- along the chain --------------------------------------------------------------


def test_a_field_of_the_same_name_passes_its_value_on_where_it_fits():
    for kind in ("leads.lead", "opportunities.opportunity"):
        field("promotion", "text", record_type=kind)
    field("size", "number", decimals=2)
    field("size", "number", decimals=0, record_type="opportunities.opportunity")
    field("color", "text")
    field("stage", "choice", choices=["a"], record_type="opportunities.opportunity", default="a")
    lead = LeadFactory(custom={"promotion": "SPRING", "size": "1.25", "color": "red"})

    values = carried(lead, Opportunity)

    assert isinstance(values, Carried)
    assert values == {"promotion": "SPRING", "stage": "a"}


def test_a_copy_of_the_same_kind_keeps_all_but_what_is_unique():
    field("badge", "text", is_unique=True)
    field("gone", "text", is_active=False)
    lead = LeadFactory(custom={"badge": "A-1", "gone": "x", "older": 1})

    assert carried(lead, Lead) == {"gone": "x", "older": 1}


# --- many processes ---------------------------------------------------------------


def test_outside_of_requests_every_look_is_a_fresh_one(django_assert_num_queries):
    lead = LeadFactory()
    with django_assert_num_queries(0):
        lead.text_to_search()
    CustomField.objects.create(
        record_type="leads.lead", name="color", label="Color", kind="text", in_search=True
    )
    lead.custom = {"color": "Purple"}
    with django_assert_num_queries(1):
        assert "purple" in lead.text_to_search()
