"""A rep whose discounts end at 15 %, the manager of the rep's team, and people who have no say."""

from decimal import Decimal

import pytest
from django.test import Client
from rest_framework.test import APIClient

from quotes.models import ApprovalRule
from tests.document_factories import QuoteFactory
from tests.factories import TeamFactory, UserFactory


@pytest.fixture
def rep(db):
    return UserFactory(first_name="Rita", last_name="Rep")


@pytest.fixture
def manager(rep):
    return UserFactory(role="sales_manager", team=rep.team, first_name="Mia", last_name="Ito")


@pytest.fixture
def second_manager(rep):
    return UserFactory(role="sales_manager", team=rep.team)


@pytest.fixture
def other_manager(db):
    return UserFactory(role="sales_manager", team=TeamFactory())


@pytest.fixture
def rule(db):
    return ApprovalRule.objects.create(kind="discount", limit=Decimal(15), role="salesperson")


@pytest.fixture
def margin_rule(db):
    return ApprovalRule.objects.create(kind="margin", limit=Decimal(40), role="salesperson")


@pytest.fixture
def deep(rep, rule):
    """A draft with a discount of 20 %."""
    return QuoteFactory(
        owner=rep, account__owner=rep, lines__discount_percent=Decimal(20), lines__product=None,
        lines__description="Spindle", lines__unit_cost=Decimal(30),
    )  # fmt: skip


@pytest.fixture
def page():
    def sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def api():
    def sign_in(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in
