"""Reports that come by themselves, and the dashboards that people put together."""

from reports.dashboard_models import Dashboard, Home, Tile
from reports.subscription_models import Recipient, Subscription

__all__ = ["Dashboard", "Home", "Recipient", "Subscription", "Tile"]
