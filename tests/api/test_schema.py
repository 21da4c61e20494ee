"""The API describes itself: completely, without a warning, and as it really is."""

import io

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():  # the fields that the organization has added are described too
        return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "patch", "put", "delete"):
                yield path, method, operation


def test_the_description_is_valid_and_has_no_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, file=None, stdout=io.StringIO())


def test_every_field_says_what_it_means(schema):
    silent = [
        f"{name}.{field}"
        for name, body in schema["components"]["schemas"].items()
        for field, one in body.get("properties", {}).items()
        if not one.get("description")
    ]

    assert silent == []


def test_every_operation_and_parameter_says_what_it_is(schema):
    for path, method, operation in operations(schema):
        assert operation.get("description"), (method, path)
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["in"] == "path", (
                method,
                path,
                parameter["name"],
            )


def test_every_operation_says_how_it_refuses(schema):
    for path, method, operation in operations(schema):
        said = set(operation["responses"])
        assert {"400", "401", "403", "429"} <= said, (method, path)
        if "{" in path:
            assert "404" in said
        if method in ("post", "patch"):
            assert {"409", "422"} <= said
            names = (
                {parameter["name"] for parameter in operation["parameters"]} if "token" not in path else None
            )
            assert names is None or "Idempotency-Key" in names


def test_what_is_only_read_is_not_asked_for(schema):
    body = schema["components"]["schemas"]["QuoteBodyRequest"]["properties"]

    assert {"name", "account", "lines"} <= set(body)
    assert not {"status", "total", "number", "id", "created_at"} & set(body)


def test_every_step_is_described(schema):
    for path in (
        "leads/{public_id}/qualify", "opportunities/{public_id}/win", "quotes/{public_id}/accept",
        "orders/{public_id}/fulfill", "invoices/{public_id}/pay", "payments/{public_id}/allocate", "chain",
    ):  # fmt: skip
        assert f"/api/v1/{path}/" in schema["paths"]


def test_it_is_read_by_whoever_is_signed_in_and_by_nobody_else(client, seller):
    for page in ("/api/v1/schema/", "/api/v1/docs/"):
        assert client.get(page).status_code == 401
        assert client_of(seller).get(page).status_code == 200
    client.force_login(seller)
    assert client.get("/api/v1/docs/").status_code == 200
