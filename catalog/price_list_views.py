"""Pages of price lists: fetch, call one action, show."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog import actions
from catalog.actions.mass import undoable
from catalog.forms import ItemForm, PriceListForm
from catalog.models import PriceList, PriceListItem
from catalog.price_grid import PriceGrid
from catalog.price_pages import price_page
from catalog.price_preview import preview
from catalog.prices import PriceRequest, resolve_price
from catalog.reference_forms import MassForm
from catalog.tables import PriceListTable
from kernel import history
from kernel.errors import DomainError
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version
from people.access import hidden_fields, may, require, visible


@require_GET
def price_lists(request: HtmxRequest) -> HttpResponse:
    """The price lists there are."""
    found = PriceListTable.page(request, visible(request.user, PriceList.objects.all()))
    context = {"price_lists": found, "may_add": may(request.user, "add", PriceList)}
    return page(request, "catalog/price_lists.html", context)


@require_GET
def price_list(request: HtmxRequest, ref: str) -> HttpResponse:
    """A price list with its prices."""
    return show_prices(request, price_list_of(request, ref))


def show_prices(request: HtmxRequest, found: PriceList, grid: PriceGrid | None = None) -> HttpResponse:
    hides_costs = "current_cost" in hidden_fields(request.user, "product")
    prices = price_page(found, request.GET, hides_costs=hides_costs)
    may_change = may(request.user, "change", found)
    context = {
        "price_list": found,
        "grid": grid or prices.grid,
        "prices": prices,
        "entries": history.of(found)[:30],
        "territories": list(found.territories.all()),
        "follower": found.followers.first(),
        "may_change": may_change,
        "undo": undoable(found) if may_change else None,
        "today": timezone.localdate(),
    }
    return page(request, "catalog/price_list.html", context, status=grid.status if grid else 200)


def price_list_new(request: HtmxRequest) -> HttpResponse:
    """Start a price list."""
    require(request.user, "add", PriceList)
    form = PriceListForm(posted(request))
    if form.is_valid():
        made = attempt(form, lambda: actions.create_price_list(by=request.user, **form.cleaned_data))
        if made:
            messages.success(request, _("Price list %(name)s created. Add its prices.") % {"name": made})
            return redirect(made)
    context = {"form": form, "price_list": None}
    return page(request, "catalog/price_list_form.html", context, status=status_of(form))


def price_list_edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change name, validity or currency."""
    found = price_list_of(request, ref)
    require(request.user, "change", found)
    form = PriceListForm(posted(request), instance=found)
    if form.is_valid():

        def again() -> PriceListForm:
            return PriceListForm(instance=price_list_of(request, ref))

        saved = keep(request, form, again=again, change=partial(actions.change_price_list, by=request.user))
        if saved:
            messages.success(request, _("Price list saved."))
            return redirect(saved)
    context = {"form": form, "price_list": found}
    return page(request, "catalog/price_list_form.html", context, status=status_of(form))


@require_POST
def prices(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take the prices as typed."""
    found = price_list_of(request, ref)
    grid = PriceGrid.typed(request.POST)
    if grid.save(found, by=request.user, version=stated_version(request.POST)):
        messages.success(request, _("Prices saved."))
        return redirect(found)
    return show_prices(request, found, grid)


def item(request: HtmxRequest, ref: str, pk: int) -> HttpResponse:
    """One price with its rounding, its discount list and which quantities are sold."""
    found = price_list_of(request, ref)
    require(request.user, "change", found)
    row = get_object_or_404(
        found.items.select_related("product__unit", "unit", "price_list__currency"), pk=pk
    )
    form = ItemForm(posted(request), instance=row)
    if form.is_valid():
        price = actions.Price(row.product, row.unit, **form.cleaned_data)
        version = stated_version(request.POST)
        if attempt(form, lambda: actions.set_prices(found, [price], by=request.user, version=version)):
            messages.success(request, _("Price of %(product)s saved.") % {"product": row.product.sku})
            return redirect(found)
    context = {"form": form, "price_list": found, "item": row, "now": price_now(row)}
    return page(request, "catalog/price_item.html", context, status=status_of(form))


def price_now(row: PriceListItem) -> Any:
    """What the item comes to today, or nothing where that cannot be said."""
    try:
        return resolve_price(
            PriceRequest(row.product, row.unit_id), price_list=row.price_list, on=timezone.localdate()
        )
    except DomainError:
        return None


def change_prices(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change many prices at once: ask by GET to see what would become of them, by POST to do it."""
    found = price_list_of(request, ref)
    require(request.user, "change", found)
    asked = request.POST if request.method == "POST" else request.GET
    form = MassForm(asked if "percent" in asked else None)
    shown = None
    if form.is_valid():
        change = actions.PriceChange(**form.cleaned_data)
        if request.method == "POST":
            version = stated_version(request.POST)
            made = attempt(
                form, lambda: actions.change_prices(found, change, by=request.user, version=version)
            )
            if made:
                messages.success(request, told_change(found, made, change))
                return redirect(made)
        else:
            shown = attempt(form, lambda: preview(found, change))
    context = {"form": form, "price_list": found, "preview": shown}
    return page(request, "catalog/change_prices.html", context, status=status_of(form))


def told_change(price_list: PriceList, made: PriceList, change: actions.PriceChange) -> str:
    """What was done, in a sentence."""
    if made.pk == price_list.pk:
        return _("Prices changed: %(change)s.") % {"change": change}
    words = {"list": made, "day": change.starts_on, "old": price_list}
    return _("%(list)s takes over from %(old)s on %(day)s.") % words


@require_POST
def undo(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take the last change of many prices back."""
    found = price_list_of(request, ref)
    actions.undo_price_change(found, by=request.user, version=stated_version(request.POST))
    messages.success(request, _("The prices are as they were before."))
    return redirect(found)


def price_list_of(request: HtmxRequest, ref: str) -> PriceList:
    found: PriceList = get_object_or_404(
        visible(request.user, PriceList.objects.by_ref(ref)).select_related("currency", "follows")
    )
    return found
