"""Pages and their parts, refusals for people, problems for machines."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory, override_settings
from django_htmx.middleware import HtmxDetails
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, Throttled

from kernel.errors import Blocker, ComponentOwnedElsewhere, Conflict, DomainError, TransitionRefused
from kernel.http import DomainErrorMiddleware, api_exception_handler, page, way_back
from kernel.jinja import PartMissing
from tests.factories import UserFactory

NO_LINES = Blocker(
    "no_lines", "it has no lines", field="lines", record="QUO-1", fix_url="/quotes/QUO-1/edit/"
)


def request_of(path: str = "/styleguide/dialog/", **headers: str) -> Any:
    request = RequestFactory(headers={name.replace("_", "-"): value for name, value in headers.items()}).get(
        path
    )
    request.user = AnonymousUser()
    request.session = {}
    request._messages = []  # type: ignore[attr-defined]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


def refuse(error: Exception, **headers: str) -> HttpResponse | None:
    return DomainErrorMiddleware(lambda request: HttpResponse()).process_exception(
        request_of(**headers), error
    )


def test_a_plain_request_gets_the_whole_page() -> None:
    response = page(request_of(), "errors/404.html", part="content")

    assert b"<!doctype html>" in response.content
    assert response["Vary"] == "HX-Request, HX-Target"


def test_htmx_gets_the_named_part_alone_and_nothing_keeps_it() -> None:
    response = page(request_of(HX_Request="true"), "errors/404.html", part="content")

    assert b"<!doctype" not in response.content
    assert b"The address may be mistyped" in response.content
    assert response["Cache-Control"] == "private, no-store"


def test_the_target_chooses_among_the_parts_and_the_first_is_the_default() -> None:
    parts = ("content", "heading")
    heading = page(request_of(HX_Request="true", HX_Target="heading"), "errors/404.html", part=parts)
    default = page(request_of(HX_Request="true", HX_Target="elsewhere"), "errors/404.html", part=parts)

    assert heading.content.strip().startswith(b"We can")
    assert b"error-page" in default.content


@pytest.mark.parametrize("header", ["HX_Boosted", "HX_History_Restore_Request"])
def test_a_boosted_link_and_the_back_button_get_the_whole_page(header: str) -> None:
    response = page(request_of(HX_Request="true", **{header: "true"}), "errors/404.html", part="content")

    assert b"<!doctype html>" in response.content


def test_any_page_opens_in_the_dialog_with_its_title() -> None:
    response = page(request_of(HX_Request="true", HX_Target="dialog"), "errors/404.html")

    assert b'<h2 id="dialog-title">We can' in response.content
    assert b"error-page" in response.content
    assert b"<!doctype" not in response.content


def test_a_part_that_does_not_exist_is_a_bug_and_not_an_empty_answer() -> None:
    with pytest.raises(PartMissing):
        page(request_of(HX_Request="true"), "errors/404.html", part="nonsense")


def test_a_dialog_that_did_its_work_shows_the_page_below_anew() -> None:
    middleware = DomainErrorMiddleware(lambda request: HttpResponseRedirect("/quotes/QUO-1/"))

    in_dialog = middleware(request_of(HX_Request="true", HX_Target="dialog"))
    elsewhere = middleware(request_of(HX_Request="true", HX_Target="document"))

    assert (in_dialog.status_code, in_dialog["HX-Redirect"]) == (204, "/quotes/QUO-1/")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (DomainError("The credit limit is used up.", code="credit"), 422, "The credit limit is used up."),
        (TransitionRefused("QUO-1", [NO_LINES]), 409, "it has no lines"),
        (Conflict("Ada changed it."), 409, "Somebody else was faster"),
        (ComponentOwnedElsewhere("Invoices are made in the ERP."), 409, "Invoices are made in the ERP."),
        (PermissionDenied(), 403, "You may not do this."),
    ],
)
def test_a_refusal_is_a_page_with_its_reason_and_a_way_back(
    error: Exception, status: int, words: str
) -> None:
    response = refuse(error, Referer="http://testserver/quotes/QUO-1/")

    assert response is not None
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert 'href="http://testserver/quotes/QUO-1/"' in text


def test_a_refusal_links_to_where_it_is_lifted() -> None:
    response = refuse(TransitionRefused("QUO-1", [NO_LINES]))

    assert response is not None
    assert 'href="/quotes/QUO-1/edit/"' in response.content.decode()


def test_htmx_shows_a_refusal_in_the_dialog_and_leaves_the_page_alone() -> None:
    response = refuse(TransitionRefused("QUO-1", [NO_LINES]), HX_Request="true", HX_Target="document")

    assert response is not None
    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (
        409,
        "#dialog",
        "innerHTML",
    )
    assert b"<!doctype" not in response.content
    assert b"it has no lines" in response.content


def test_a_bug_is_not_a_refusal() -> None:
    assert refuse(ZeroDivisionError()) is None
    assert api_exception_handler(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize("referrer", ["https://evil.example/", "javascript:alert(1)", "//evil.example/x", ""])
def test_the_way_back_never_leaves_the_site(referrer: str) -> None:
    assert way_back(request_of(Referer=referrer)) == "/"


def test_the_refused_text_is_escaped() -> None:
    response = refuse(DomainError("<script>alert(1)</script>"))

    assert response is not None
    assert b"<script>alert" not in response.content


def problem_of(error: Exception) -> dict[str, Any]:
    response = api_exception_handler(error, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    assert response.data["status"] == response.status_code
    assert set(response.data) == {"type", "title", "status", "code", "detail", "blockers", "errors"}
    return dict(response.data)


def test_machines_get_every_blocker_with_code_and_place() -> None:
    problem = problem_of(TransitionRefused("QUO-1", [NO_LINES]))

    assert (problem["status"], problem["code"]) == (409, "transition_refused")
    assert problem["blockers"] == [
        {
            "code": "no_lines",
            "text": "it has no lines",
            "field": "lines",
            "record": "QUO-1",
            "fix_url": "/quotes/QUO-1/edit/",
        }
    ]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError("No.", code="credit"), 422, "credit"),
        (Conflict("Ada changed it."), 409, "stale_version"),
        (ComponentOwnedElsewhere("In the ERP."), 409, "component_owned_by_erp"),
        (PermissionDenied(), 403, "permission_denied"),
        (Http404(), 404, "not_found"),
        (NotAuthenticated(), 401, "not_authenticated"),
        (Throttled(wait=7), 429, "throttled"),
    ],
)
def test_every_refusal_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)

    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]


def test_a_missing_record_does_not_say_which_kind_of_record() -> None:
    assert problem_of(Http404("No Quote matches the given query."))["detail"] == "No such record."


def test_a_throttled_client_learns_when_to_come_back() -> None:
    response = api_exception_handler(Throttled(wait=7), {})

    assert response is not None
    assert response["Retry-After"] == "7"


def test_a_domain_error_about_a_field_names_it() -> None:
    problem = problem_of(DomainError("Too much.", code="too_much", field="amount"))

    assert problem["errors"] == [{"field": "amount", "code": "too_much", "message": "Too much."}]


class LineSerializer(serializers.Serializer[Any]):
    quantity = serializers.IntegerField()


class QuoteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    lines = LineSerializer(many=True)


def test_field_errors_name_the_line_they_are_in() -> None:
    form = QuoteSerializer(data={"lines": [{"quantity": 1}, {"quantity": "many"}]})
    with pytest.raises(serializers.ValidationError) as refused:
        form.is_valid(raise_exception=True)

    problem = problem_of(refused.value)

    assert (problem["status"], problem["code"]) == (400, "invalid")
    assert {(e["field"], e["code"]) for e in problem["errors"]} == {
        ("name", "required"),
        ("lines.1.quantity", "invalid"),
    }


def test_errors_of_the_model_layer_look_the_same() -> None:
    problem = problem_of(DjangoValidationError({"name": ["Missing."], "__all__": ["Both are set."]}))

    assert problem["status"] == 400
    assert {(e["field"], e["message"]) for e in problem["errors"]} == {
        ("name", "Missing."),
        ("", "Both are set."),
    }


@pytest.mark.django_db
def test_an_unknown_address_gets_our_page_and_not_a_bare_one(client: Client) -> None:
    client.force_login(UserFactory())

    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "We can't find this page" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    response = client.post("/profile/theme/", {"theme": "dark"})

    assert response.status_code == 403
    assert "open for too long" in response.content.decode()


@pytest.mark.django_db
@override_settings(DEBUG=True)
def test_the_styleguide_shows_every_component_and_its_dialog_keeps_what_was_typed(client: Client) -> None:
    client.force_login(UserFactory())

    guide = client.get("/styleguide/")
    refused = client.post(
        "/styleguide/dialog/",
        {"topic": "", "email": "ada@"},
        headers={"HX-Request": "true", "HX-Target": "dialog"},
    )

    assert guide.status_code == 200
    assert refused.status_code == 422
    assert 'value="ada@"' in refused.content.decode()


@pytest.mark.django_db
def test_the_styleguide_is_not_for_everybody(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/styleguide/").status_code == 404
