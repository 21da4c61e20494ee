"""Rows of what is sent regularly and of dashboards, for the pages of the back office."""

from typing import Any

from reports.models import Dashboard, Home, Recipient, Subscription, Tile
from tests.factories import UserFactory


def make(n: int, owner: Any) -> None:
    """One more of each."""
    subscription = Subscription.objects.create(
        owner=owner, name=f"Weekly {n}", about="forecast", is_active=False
    )
    Recipient.objects.create(subscription=subscription, user=owner)
    dashboard = Dashboard.objects.create(owner=owner, name=f"Board {n}")
    Tile.objects.create(dashboard=dashboard, slug="number")
    Home.objects.create(user=UserFactory(), dashboard=dashboard)
