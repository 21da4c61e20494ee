"""Teams, users and API tokens in the back office."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.admin import BackOffice, ReadOnly, for_each
from kernel.customfields.defining import CHANGEABLE, FIXED
from kernel.models import CustomField, RemovedRecord, UniqueValue
from people.field_actions import change_field, create_field
from people.models import ApiToken, Organization, Role, Team, User
from people.office import RecordAdmin, ReferenceAdmin
from people.organization_form import OrganizationForm
from people.removing import bin_of, restore_record

# Rights follow from the role alone; groups would promise what nothing here asks for.
admin.site.unregister(Group)


@admin.register(Team)
class TeamAdmin(ReferenceAdmin):
    list_display = ["name", "parent", "path"]
    search_fields = ["name"]


@admin.register(User)
class UserAdmin(ReferenceAdmin, DjangoUserAdmin[User]):  # type: ignore[misc]
    """Who signs in, with which role in which team; people leave by being made inactive."""

    is_small = False

    list_display = ["username", "first_name", "last_name", "role", "team", "is_active", "last_login"]
    list_filter = ["role", "is_active", "team"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["is_staff", "is_superuser", "is_service", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language", "time_zone", "theme"]}),
        (_("Work"), {"fields": ["role", "team", "is_active"]}),
        (_("Set by the system"), {"fields": [*readonly_fields]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Work"), {"fields": ["first_name", "last_name", "email", "role", "team"]}),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The back office is for administrators, so nothing but the role decides about it."""
        obj.is_staff = obj.role == Role.ADMINISTRATOR or obj.is_superuser
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Machines' users are as the code makes them; a password on one would be a back door."""
        return not (obj and obj.is_service) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(ReferenceAdmin):
    """The letterhead and the terms of every document; there is one, so it can be changed only."""

    form = OrganizationForm
    list_display = ["name", "city", "country", "language", "updated_at"]
    readonly_fields = ["present_logo", "updated_at"]
    fieldsets = [
        (None, {"fields": ["name", "street", "postcode", "city", "region", "country"]}),
        (_("Contact"), {"fields": ["email", "phone", "website"]}),
        (_("Register and bank"), {"fields": ["tax_number", "register_entry", "bank_details"]}),
        (
            _("Look of the documents"),
            {
                "fields": [
                    "present_logo",
                    "upload",
                    "remove_logo",
                    "accent",
                    "paper",
                    "language",
                    "footer_line",
                ]
            },
        ),
        (_("Terms printed on documents"), {"fields": ["quote_terms", "order_terms", "invoice_terms"]}),
        (_("Set by the system"), {"fields": ["updated_at"]}),
    ]

    @admin.display(description=_("logo"))
    def present_logo(self, obj: Organization) -> str:
        """What kind of logo there is."""
        return obj.logo_type or str(_("none"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Organization.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(BackOffice):
    """Tokens that were given out; deleting one revokes it at once."""

    list_display = ["name", "token_key", "user", "created", "expiry", "last_used_at"]
    search_fields = ["name", "user__username"]
    exclude = ["digest"]
    ordering = ["-created"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CustomField)
class CustomFieldAdmin(RecordAdmin):
    """The fields that the organization has added; moved, removed and purged on their own page."""

    is_small = True
    creating = create_field
    changing = change_field
    writable = CHANGEABLE
    given_at_creation = FIXED
    list_display = ["label", "record_type", "name", "kind", "position", "is_active"]
    list_filter = ["record_type", "kind", "is_active"]
    search_fields = ["label", "name"]
    ordering = ["record_type", "position", "id"]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        found = Q(label__icontains=search_term) | Q(name__icontains=search_term)
        return (queryset.filter(found) if search_term else queryset), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_active)

    def view_on_site(self, obj: Any) -> str:
        return reverse("people:field", args=[obj.pk])


@admin.register(UniqueValue)
class UniqueValueAdmin(ReadOnly):
    """What keeps two records from having one value; written beside the record."""

    list_display = ["field", "value", "record_id"]
    search_fields = ["value"]
    ordering = ["-id"]


@admin.register(RemovedRecord)
class RemovedRecordAdmin(ReadOnly):
    """The recycle bin by the rule of its own page; the rows themselves are nowhere shown."""

    list_display = ["removed_at", "record_type", "ref", "title", "owner", "team", "removed_by"]
    list_filter = ["record_type"]
    search_fields = ["ref", "title"]
    exclude = ["rows"]
    ordering = ["-id"]
    actions = [for_each("restore", _("Restore"), restore_record)]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found = bin_of(request.user).select_related("owner", "team")  # type: ignore[arg-type]
        return found.order_by(*self.ordering)
