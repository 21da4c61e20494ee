"""Connections and their codes in the administration; secrets go in and never come out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from integrations import actions, addresses
from integrations.actions import Policy
from integrations.models import (
    CodeMapping,
    Connection,
    DeliveryAttempt,
    ExternalReference,
    InboxMessage,
    SyncCursor,
)
from kernel.admin import BackOffice, ReadOnly
from kernel.errors import DomainError
from kernel.models import ComponentOwnership, OutboxMessage
from people.office import ReferenceAdmin


class ConnectionForm(forms.ModelForm[Connection]):
    """A connection, with two fields that only take: an empty one leaves the stored secret."""

    base_url = forms.URLField(label=_("Address"), assume_scheme="https", max_length=300)
    secret = forms.CharField(
        label=_("Token or key"), required=False, strip=True, widget=forms.PasswordInput(render_value=False)
    )
    webhook_secret = forms.CharField(
        label=_("Webhook secret"), required=False, strip=True, widget=forms.PasswordInput(render_value=False)
    )

    class Meta:
        model = Connection
        fields = [
            "code",
            "name",
            "kind",
            "base_url",
            "user_name",
            "options",
            "max_concurrency",
            "rate_limit_per_min",
        ]

    def clean_base_url(self) -> str:
        """Only addresses the server may call."""
        url: str = self.cleaned_data["base_url"]
        try:
            addresses.check_base_url(url)
        except DomainError as error:
            raise ValidationError(str(error), code=error.code) from error
        return url


@admin.register(Connection)
class ConnectionAdmin(BackOffice):
    is_small = True
    form = ConnectionForm
    list_display = ["code", "name", "kind", "state", "last_ok_at", "secret_rotated_at"]
    readonly_fields = ["state", "state_reason", "last_ok_at", "last_error_at", "last_error_text", "facts"]
    actions = ["resume"]

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> list[str]:
        """The code is how everything else knows the connection."""
        return [*self.readonly_fields, "code"] if obj else list(self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:
        actions.save_connection(
            obj, secret=form.cleaned_data["secret"], webhook_secret=form.cleaned_data["webhook_secret"]
        )

    @admin.action(description=_("Resume the chosen connections"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            actions.resume_connection(connection, by=request.user)


@admin.register(CodeMapping)
class CodeMappingAdmin(ReferenceAdmin):
    """What products, units and taxes are called in the ERP; a catalog may have thousands."""

    is_small = False
    list_display = ["local_code", "remote_code", "kind", "connection"]
    list_filter = ["kind", "connection"]
    search_fields = ["local_code", "remote_code"]


class OwnershipForm(forms.ModelForm[ComponentOwnership]):
    """Who keeps a component from now on."""

    connection_code = forms.ModelChoiceField(
        Connection.objects.all(), to_field_name="code", label=_("Connection")
    )

    class Meta:
        model = ComponentOwnership
        fields = ["connection_code", "component", "owner", "push", "pull"]


@admin.register(ComponentOwnership)
class OwnershipAdmin(BackOffice):
    """The rows are history: a change is a new row, made by the action that guards it."""

    form = OwnershipForm
    list_display = [
        "component",
        "owner",
        "connection_code",
        "push",
        "pull",
        "changed_by",
        "changed_at",
        "effective_until",
    ]
    list_filter = ["component", "connection_code"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ComponentOwnership, form: Any, change: bool) -> None:
        """A refusal is shown and nothing is kept."""
        policy = Policy(obj.owner, push=obj.push, pull=obj.pull)
        try:
            made = actions.set_owner(
                form.cleaned_data["connection_code"], obj.component, policy, by=request.user
            )
        except DomainError as error:
            messages.error(request, str(error))
            return
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: ComponentOwnership, message: Any) -> Any:
        return super().log_addition(request, obj, message) if obj.pk else None


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly):
    list_display = ["topic", "aggregate_ref", "destination", "state", "attempts", "created_at", "error_text"]
    list_filter = ["state", "destination", "topic"]
    search_fields = ["aggregate_ref", "external_key"]
    ordering = ["-id"]


@admin.register(ExternalReference)
class ExternalReferenceAdmin(ReadOnly):
    list_display = ["external_key", "connection", "component", "remote_number", "remote_state", "state"]
    list_filter = ["connection", "component", "state"]
    list_select_related = ["connection"]
    search_fields = ["external_key", "remote_number"]


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(ReadOnly):
    list_display = ["message", "step", "attempt_no", "outcome", "started_at", "latency_ms"]
    list_filter = ["step", "outcome"]
    list_select_related = ["message"]


@admin.register(InboxMessage)
class InboxMessageAdmin(ReadOnly):
    list_display = [
        "stream",
        "remote_id",
        "connection",
        "source",
        "state",
        "attempts",
        "received_at",
        "error_text",
    ]
    list_filter = ["state", "source", "connection"]
    list_select_related = ["connection"]
    exclude = ["body"]


@admin.register(SyncCursor)
class SyncCursorAdmin(ReadOnly):
    list_display = [
        "connection",
        "stream",
        "position_modified",
        "last_ok_at",
        "consecutive_failures",
        "error_text",
    ]
    list_select_related = ["connection"]
