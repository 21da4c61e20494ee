"""Pages of products: fetch, call one action, show."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog import actions
from catalog.forms import ProductForm
from catalog.models import Currency, PriceList, Product
from catalog.rates import base_currency
from catalog.rows import product_options
from catalog.selectors import bundles_with, members_of, offers, prices_of, related_to
from catalog.tables import ProductTable
from kernel import history
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import steps
from people.access import hidden_fields, may, require, visible


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
        "members": members_of(found) if found.is_bundle else [],
        "bundles": [] if found.is_bundle else bundles_with(found),
        "related": related_to(found),
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

        def again() -> ProductForm:
            return ProductForm(instance=product_of(request, ref), user=request.user)

        saved = keep(request, form, again=again, change=partial(actions.change_product, by=request.user))
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


@require_GET
def options(request: HtmxRequest) -> HttpResponse:
    """Products to choose from, for what is being typed in whichever field asks."""
    text = str(next(iter(request.GET.dict().values()), ""))
    return HttpResponse(product_options(text), headers={"Cache-Control": "private, no-store"})


def product_of(request: HtmxRequest, ref: str) -> Product:
    related = ("unit", "family", "tax_code")
    found: Product = get_object_or_404(
        visible(request.user, Product.objects.by_ref(ref)).select_related(*related)
    )
    return found
