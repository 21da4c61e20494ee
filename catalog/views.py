"""Pages of products and price lists: fetch, call one action, show."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog import actions
from catalog.forms import PriceListForm, ProductForm
from catalog.models import Currency, PriceList, Product
from catalog.price_grid import PriceGrid
from catalog.rates import base_currency
from catalog.selectors import items_of, offers, prices_of
from catalog.tables import PriceListTable, ProductTable
from kernel import history
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
from kernel.writing import stated_version, whole_number
from people.access import hidden_fields, may, require, visible

PRICES_A_PAGE = 100


@require_GET
def products(request: HtmxRequest) -> HttpResponse:
    """What is sold."""
    found = ProductTable.page(request, visible(request.user, Product.objects.all()))
    context = {"products": found, "may_add": may(request.user, "add", Product), "base": base_currency()}
    return page(request, "catalog/products.html", context)


@require_GET
def product(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a product, and what it costs on each list."""
    found = product_of(request, ref)
    context = {
        "product": found,
        "base": base_currency(),
        "steps": steps(found, request.user),
        "prices": prices_of(found),
        "entries": history.of(found)[:30],
        "hidden": hidden_fields(request.user, "product"),
        "may_change": may(request.user, "change", found),
    }
    return page(request, "catalog/product.html", context)


def product_new(request: HtmxRequest) -> HttpResponse:
    """Enter a product."""
    require(request.user, "add", Product)
    form = ProductForm(posted(request), user=request.user)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_product(by=request.user, **form.cleaned_data))
        if made:
            messages.success(
                request, _("%(product)s is a draft; activate it to sell it.") % {"product": made}
            )
            return redirect(made)
    return page(request, "catalog/product_form.html", {"form": form, "product": None}, status=status_of(form))


def product_edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change what is known of a product."""
    found = product_of(request, ref)
    require(request.user, "change", found)
    form = ProductForm(posted(request), instance=found, user=request.user)
    if form.is_valid():
        version, values = stated_version(request.POST), form.cleaned_data
        saved = attempt(
            form, lambda: actions.change_product(found, by=request.user, version=version, **values)
        )
        if saved:
            messages.success(request, _("Product saved."))
            return redirect(saved)
    return page(
        request, "catalog/product_form.html", {"form": form, "product": found}, status=status_of(form)
    )


@require_POST
def product_activate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Offer it for sale."""
    found = actions.activate_product(product_of(request, ref), by=request.user)
    messages.success(request, _("%(product)s is for sale.") % {"product": found})
    return redirect(found)


@require_POST
def product_revise(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take it out of sale while it is changed."""
    found = actions.revise_product(product_of(request, ref), by=request.user)
    messages.success(request, _("%(product)s is under revision and not for sale.") % {"product": found})
    return redirect(found)


@require_POST
def product_retire(request: HtmxRequest, ref: str) -> HttpResponse:
    """Stop selling it."""
    found = actions.retire_product(product_of(request, ref), by=request.user)
    messages.success(request, _("%(product)s is retired.") % {"product": found})
    return redirect(found)


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
    text = request.GET.get("q", "")
    asked = items_of(found, text)
    start = whole_number(request.GET.get("from", "")) or 0
    items = list(asked[start : start + PRICES_A_PAGE + 1])
    context = {
        "price_list": found,
        "grid": grid or PriceGrid.of(items[:PRICES_A_PAGE]),
        "total": found.items.count(),
        "search": text,
        "start": start,
        "following": start + PRICES_A_PAGE if len(items) > PRICES_A_PAGE else 0,
        "before": max(0, start - PRICES_A_PAGE) if start else None,
        "entries": history.of(found)[:30],
        "may_change": may(request.user, "change", found),
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
        version, values = stated_version(request.POST), form.cleaned_data
        saved = attempt(
            form, lambda: actions.change_price_list(found, by=request.user, version=version, **values)
        )
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


@require_GET
def find_products(request: HtmxRequest) -> HttpResponse:
    """Products that fit what is being typed, with their price on the document's list."""
    asked = request.GET.get("list", "")
    chosen = PriceList.objects.by_ref(asked).select_related("currency").first() if asked else None
    code = request.GET.get("currency", "").replace("\0", "")
    currency = Currency.objects.filter(code=code).first() or base_currency()
    found = offers(request.GET.get("q", ""), price_list=chosen, currency=currency)
    response = render(request, "catalog/offers.html", {"offers": found})
    response["Cache-Control"] = "private, no-store"
    return response


def product_of(request: HtmxRequest, ref: str) -> Product:
    related = ("unit", "family", "tax_code")
    found: Product = get_object_or_404(
        visible(request.user, Product.objects.by_ref(ref)).select_related(*related)
    )
    return found


def price_list_of(request: HtmxRequest, ref: str) -> PriceList:
    found: PriceList = get_object_or_404(
        visible(request.user, PriceList.objects.by_ref(ref)).select_related("currency")
    )
    return found
