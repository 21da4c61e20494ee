"""Pages of what belongs to products: members of bundles, related products, families."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from catalog import actions
from catalog.forms import FamilyForm, MemberRow, RelatedRow
from catalog.models import Product, ProductFamily
from catalog.rows import rows_form
from catalog.selectors import family_tree, members_of, related_to
from catalog.views import product_of
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.writing import stated_version
from people.access import may, require, visible

MembersForm = rows_form(MemberRow, ordered=True)
RelatedForm = rows_form(RelatedRow)


def members(request: HtmxRequest, ref: str) -> HttpResponse:
    """What a bundle holds, as a table to fill in."""
    bundle = product_of(request, ref)
    require(request.user, "change", bundle)
    now = [
        {"product": str(row.member), "quantity": row.quantity.normalize(), "unit": row.unit.code if row.unit else None,
         "is_required": row.is_required}
        for row in members_of(bundle)
    ]  # fmt: skip
    rows = MembersForm(posted(request), initial=now, prefix="members")
    if rows.is_valid():
        version = stated_version(request.POST)
        wanted = [actions.Member(**row) for row in rows.values()]
        if attempt(rows, lambda: actions.set_members(bundle, wanted, by=request.user, version=version)):
            messages.success(request, _("Members saved."))
            return redirect(bundle)
    hint = _(
        "A required member comes with every bundle and is in its price; an optional one is offered beside it."
    )
    return show_rows(request, bundle, rows, _("Members of %(bundle)s") % {"bundle": bundle}, hint)


def related(request: HtmxRequest, ref: str) -> HttpResponse:
    """What is worth naming beside a product, as a table to fill in."""
    product = product_of(request, ref)
    require(request.user, "change", product)
    now = [{"kind": row.kind, "product": str(row.other)} for row in related_to(product)]
    rows = RelatedForm(posted(request), initial=now, prefix="related")
    if rows.is_valid():
        version = stated_version(request.POST)
        wanted = [(row["kind"], row["product"]) for row in rows.values()]
        if attempt(rows, lambda: actions.set_related(product, wanted, by=request.user, version=version)):
            messages.success(request, _("Related products saved."))
            return redirect(product)
    hint = _("Named to whoever adds the product to a document.")
    return show_rows(request, product, rows, _("Related to %(product)s") % {"product": product}, hint)


def show_rows(request: HtmxRequest, product: Product, rows: Any, title: str, hint: str) -> HttpResponse:
    context = {
        "title": title, "hint": hint, "rows": rows, "form": None, "version": product.version, "submit": _("Save"),
        "cancel": product.get_absolute_url(), "delete": "",
        "crumbs_to": [(_("Products"), url("catalog:products")), (product.sku, product.get_absolute_url())],
    }  # fmt: skip
    return page(request, "catalog/rows_form.html", context, status=status_of(rows))


@require_GET
def families(request: HtmxRequest) -> HttpResponse:
    """The tree of families, with what waits and sells in each."""
    context = {
        "branches": family_tree(),
        "may_change": may(request.user, "change", ProductFamily),
        "may_activate": may(request.user, "activate", Product),
    }
    return page(request, "catalog/families.html", context)


def family_new(request: HtmxRequest) -> HttpResponse:
    """Start a family."""
    require(request.user, "add", ProductFamily)
    form = FamilyForm(posted(request), initial={"parent": request.GET.get("parent")})
    if form.is_valid():
        made = attempt(form, lambda: actions.create_family(by=request.user, **form.cleaned_data))
        if made:
            messages.success(request, _("Family %(name)s created.") % {"name": made})
            return redirect("catalog:families")
    return show_family(request, form, None)


def family_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Rename a family or move it in the tree."""
    family = family_of(request, pk)
    require(request.user, "change", family)
    form = FamilyForm(posted(request), instance=family)
    saved: Any = (
        attempt(form, lambda: actions.change_family(family, by=request.user, **form.cleaned_data))
        if form.is_valid()
        else None
    )
    if saved:
        messages.success(request, _("Family saved."))
        return redirect("catalog:families")
    return show_family(request, form, family)


def show_family(request: HtmxRequest, form: Any, family: ProductFamily | None) -> HttpResponse:
    context = {
        "title": _("Edit %(name)s") % {"name": family.name} if family else _("New family"), "form": form, "rows": None,
        "hint": "", "version": None, "submit": _("Save family"), "cancel": url("catalog:families"),
        "crumbs_to": [(_("Products"), url("catalog:products")), (_("Families"), url("catalog:families"))],
        "delete": url("catalog:family-delete", family.pk) if family else "",
    }  # fmt: skip
    return page(request, "catalog/rows_form.html", context, status=status_of(form))


@require_POST
def family_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take out a family that nothing belongs to."""
    actions.delete_family(family_of(request, pk), by=request.user)
    messages.success(request, _("Family deleted."))
    return redirect("catalog:families")


@require_POST
def family_activate(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put everything that waits in a family on sale."""
    family = family_of(request, pk)
    done = actions.activate_family(family, by=request.user)
    text = ngettext(
        "%(count)s product of %(family)s is on sale now.",
        "%(count)s products of %(family)s are on sale now.",
        len(done),
    )
    messages.success(request, text % {"count": len(done), "family": family})
    return redirect("catalog:families")


def family_of(request: HtmxRequest, pk: int) -> ProductFamily:
    found: ProductFamily = get_object_or_404(visible(request.user, ProductFamily.objects.all()), pk=pk)
    return found
