"""Records in the back office: read by the same rule object and written by the same actions as on the pages."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import models
from django.db.models.deletion import PROTECT, ProtectedError
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.admin import BackOffice
from kernel.customfields.definitions import Definition, fields_of, takes_fields
from kernel.customfields.forms import field_of, gathered, initial_of
from kernel.errors import DomainError
from kernel.forms import explain
from kernel.history import plain
from kernel.lifecycle import check_step
from people.access import may, visible

KEPT_BY_MACHINE = ("id", "search_text", "price_basis")


class ActionForm(forms.ModelForm[Any]):
    """Says what is wanted; the action writes it, and when it refuses, this form shows why."""

    refusal: ClassVar[DomainError | None] = None
    definitions: ClassVar[Sequence[Definition]] = ()
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen_version" in self.fields:
            self.fields["seen_version"].initial = self.instance.version
        kept = getattr(self.instance, "custom", None) or {}
        for one in self.definitions:
            value = kept.get(one.name) if self.instance.pk else one.default
            self.initial.setdefault(one.form_name, initial_of(one, value))

    def clean(self) -> dict[str, Any]:
        # Uniqueness and constraints are the action's and the database's business, see kernel.forms.RecordForm.
        if self.refusal:
            explain(self, self.refusal)
        return self.cleaned_data

    def save_m2m(self) -> None:
        """The action has written everything."""


class Scoped(BackOffice):
    """Rows that exist for this person; deleting is refused while documents follow from the row."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return visible(request.user, super().get_queryset(request))

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A refused save is shown on the form, with everything that was typed; nothing was kept."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """A few of the documents that forbid deleting, instead of loading everything that hangs on the row."""
        found = [text for one in objs for text in downstream(one)]
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), found

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        history.record(obj, "deleted", by=request.user, note=str(obj))
        try:
            obj.delete()
        except ProtectedError as error:
            text = _("Documents follow from %(this)s, so it stays.") % {"this": obj}
            raise DomainError(text, code="has_downstream") from error

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self._response_post_save(request, self.get_object(request, object_id))  # type: ignore[attr-defined, no-any-return]


class RecordAdmin(Scoped):
    """A record whose life is elsewhere: fields go through its actions, status and amounts are only shown."""

    form = ActionForm
    creating: ClassVar[Callable[..., Any] | None] = None
    changing: ClassVar[Callable[..., Any] | None] = None
    deleting: ClassVar[Callable[..., Any] | None] = None
    writable: ClassVar[Collection[str]] = ()
    given_at_creation: ClassVar[Collection[str]] = ()
    left_out_at_creation: ClassVar[Collection[str]] = ()
    linked: ClassVar[tuple[tuple[str, Any], ...]] = ()  # (accessor of the rows below, words for the link)

    ordering = ["-id"]
    search_fields = ["search_text"]

    # --- what is shown -------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        return (queryset.matching(search_term) if search_term else queryset), False  # type: ignore[attr-defined]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        names = [field.name for field in self.opts.concrete_fields if field.name not in KEPT_BY_MACHINE]
        added = [one.form_name for one in self.definitions(request, obj)]
        if obj is None:
            return [
                *(name for name in names if name in self.names_at_creation() and name != "custom"),
                *added,
            ]
        if not self.has_change_permission(request, obj):
            return [*names, "rows_below"]
        return [*(name for name in names if name != "custom"), *added, "rows_below", "seen_version"]

    def definitions(self, request: HttpRequest, obj: Any = None) -> Sequence[Definition]:
        """The fields that the organization has added, where they may be written now."""
        if "custom" not in self.writable or not takes_fields(self.model):
            return ()
        return fields_of(self.model) if obj is None or self.has_change_permission(request, obj) else ()

    def names_at_creation(self) -> set[str]:
        return {*self.writable, *self.given_at_creation} - set(self.left_out_at_creation)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return [*(f.name for f in self.opts.concrete_fields if f.name not in self.writable), "rows_below"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        definitions = self.definitions(request, obj)
        values = (obj.custom or {}) if obj is not None and definitions else {}
        added: dict[str, Any] = {one.form_name: field_of(one, values.get(one.name)) for one in definitions}
        base = type(self.form.__name__, (self.form,), {**added, "definitions": definitions})
        form: Any = super().get_form(request, obj, change=change, **{"form": base, **kwargs})
        form.refusal = getattr(request, "refusal", None)
        return form

    def view_on_site(self, obj: Any) -> str:
        """Its page in the product; no link for a record that has none."""
        try:
            return str(obj.get_absolute_url())
        except NoReverseMatch:
            return ""

    def rows_below(self, obj: Any) -> Any:
        """Links to the lists of what hangs on the record, because there may be thousands of rows."""
        happened = f"record_type__exact={self.opts.label_lower}&record_id__exact={obj.pk}"
        links = [(f"{reverse('admin:kernel_historyentry_changelist')}?{happened}", _("History"))]
        links += [self.list_below(obj, *each) for each in self.linked]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    rows_below.short_description = _("see also")  # type: ignore[attr-defined]

    def list_below(self, obj: Any, accessor: str, words: Any) -> tuple[str, Any]:
        relation = self.opts.get_field(accessor)
        opts = relation.related_model._meta  # type: ignore[union-attr]
        name = relation.field.name  # type: ignore[union-attr]
        return (
            f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?{name}__id__exact={obj.pk}",
            words,
        )

    # --- what is allowed -----------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.creating is not None and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether its status lets it be changed now; otherwise the page only shows it."""
        if self.changing is None or not super().has_change_permission(request, obj):
            return False
        if obj is None:
            return True
        return may(request.user, "change", obj) and is_editable(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.deleting is None or not super().has_delete_permission(request, obj):
            return False
        return obj is None or may(request.user, "delete", obj)

    # --- what is written -----------------------------------------------------------

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            said = gathered(changed, form.definitions, getattr(obj, "custom", None) or {})
            values = {name: value for name, value in said.items() if name in self.writable}
            version = form.cleaned_data.get("seen_version")
            saved = self.act("changing", obj, by=request.user, version=version, **values) if values else obj
        else:
            said = gathered(form.cleaned_data, form.definitions, {})
            given = {name: said.get(name) for name in self.names_at_creation()}
            values = {name: value for name, value in given.items() if value not in (None, "")}
            saved = self.act("creating", by=request.user, **values)
        obj.pk = saved.pk
        obj._state.adding = False
        obj.refresh_from_db()

    def act(self, which: str, *args: Any, **kwargs: Any) -> Any:
        """Call the action as a function: written in a class body it would take the admin for its record."""
        return type(self).__dict__[which](*args, **kwargs)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.act("deleting", obj, by=request.user)


class ReferenceAdmin(Scoped):
    """Ordinary data of the organization: edited here, with a history."""

    is_small = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changes = {
            name: [plain(form.initial.get(name)), plain(form.cleaned_data.get(name))]
            for name in form.changed_data
            if "password" not in name
        }
        history.record(
            obj, "changed" if change else "created", by=request.user, changes=changes if change else None
        )


def is_editable(record: Any, user: Any) -> bool:
    """Whether the status of the record lets it be changed, by the same step that the page asks."""
    if not hasattr(record, "edit"):
        return True
    try:
        check_step(record.edit, by=user)
    except DomainError:
        return False
    return True


def downstream(record: models.Model, most: int = 5) -> list[str]:
    """A few of the records that keep this one from being deleted."""
    found: list[str] = []
    for relation in record._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: record})  # type: ignore[union-attr]
            found += [f"{row._meta.verbose_name}: {row}" for row in rows[: most - len(found)]]
        if len(found) >= most:
            break
    return found
