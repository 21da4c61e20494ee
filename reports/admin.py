"""What is sent regularly and dashboards, in the back office: to be looked at; their owners change them."""

from django.contrib import admin

from kernel.admin import ReadOnly
from reports.models import Dashboard, Home, Recipient, Subscription, Tile


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly):
    list_display = ["name", "owner", "about", "every", "is_active", "next_at", "last_sent_at", "failures"]
    list_filter = ["about", "every", "is_active"]
    search_fields = ["name"]
    ordering = ["-id"]


@admin.register(Recipient)
class RecipientAdmin(ReadOnly):
    list_display = ["id", "subscription", "user", "left_at"]
    ordering = ["-id"]


@admin.register(Dashboard)
class DashboardAdmin(ReadOnly):
    list_display = ["name", "owner", "audience", "team"]
    list_filter = ["audience"]
    search_fields = ["name"]
    ordering = ["-id"]


@admin.register(Tile)
class TileAdmin(ReadOnly):
    list_display = ["id", "dashboard", "position", "slug", "size"]
    ordering = ["-id"]


@admin.register(Home)
class HomeAdmin(ReadOnly):
    list_display = ["id", "user", "dashboard"]
    ordering = ["-id"]
