"""Pages of what prices rest on: units, taxes, exchange rates, discount lists."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from catalog import actions
from catalog.actions.discounts import TierWanted
from catalog.models import DiscountList, ExchangeRate, TaxCode, Unit, UnitGroup
from catalog.reference import change_reference, create_reference, delete_reference, write_tax_code
from catalog.reference_forms import (
    DiscountListForm,
    ExchangeRateForm,
    TaxCodeForm,
    TaxRateRow,
    TierRow,
    UnitForm,
    UnitGroupForm,
)
from catalog.reference_pages import (
    currencies_with_rates,
    discount_lists_with_use,
    tax_codes_on,
    unit_groups,
    uses_of,
)
from catalog.rows import rows_form
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from people.access import may, require, visible

TiersForm = rows_form(TierRow)
TaxRatesForm = rows_form(TaxRateRow, extra=4)


# --- units --------------------------------------------------------------------------


@require_GET
def units(request: HtmxRequest) -> HttpResponse:
    """Groups of units and how they convert."""
    context = {"groups": unit_groups(), "may_change": may(request.user, "change", Unit)}
    return page(request, "catalog/units.html", context)


def unit_group_new(request: HtmxRequest) -> HttpResponse:
    """Start a group of units."""
    require(request.user, "add", UnitGroup)
    form = UnitGroupForm(posted(request))
    saved: Any = (
        attempt(form, lambda: create_reference(UnitGroup, by=request.user, **form.cleaned_data))
        if form.is_valid()
        else None
    )
    if saved:
        messages.success(request, _("Group created. Add its units, the base unit first."))
        return redirect("catalog:units")
    return show(request, form, _("New unit group"), "units")


def unit_new(request: HtmxRequest) -> HttpResponse:
    """Add a unit."""
    require(request.user, "add", Unit)
    form = UnitForm(posted(request), initial={"group": request.GET.get("group")})
    saved: Any = (
        attempt(form, lambda: create_reference(Unit, by=request.user, **form.cleaned_data))
        if form.is_valid()
        else None
    )
    if saved:
        messages.success(request, _("Unit created."))
        return redirect("catalog:units")
    return show(request, form, _("New unit"), "units")


def unit_edit(request: HtmxRequest, code: str) -> HttpResponse:
    """Change a unit; what it converts to is fixed once it is used."""
    unit = get_object_or_404(visible(request.user, Unit.objects.select_related("group")), code=code)
    require(request.user, "change", unit)
    form = UnitForm(posted(request), instance=unit)
    saved: Any = (
        attempt(form, lambda: change_reference(unit, by=request.user, **form.cleaned_data))
        if form.is_valid()
        else None
    )
    if saved:
        messages.success(request, _("Unit saved."))
        return redirect("catalog:units")
    title = _("Edit %(name)s") % {"name": unit.name}
    return show(request, form, title, "units", delete=url("catalog:unit-delete", unit.code))


@require_POST
def unit_delete(request: HtmxRequest, code: str) -> HttpResponse:
    """Take out a unit that nothing is sold in."""
    unit = get_object_or_404(visible(request.user, Unit.objects.all()), code=code)
    delete_reference(unit, by=request.user)
    messages.success(request, _("Unit deleted."))
    return redirect("catalog:units")


# --- taxes --------------------------------------------------------------------------


@require_GET
def taxes(request: HtmxRequest) -> HttpResponse:
    """Tax codes and the rates that hold, by place and day."""
    today = timezone.localdate()
    context = {"codes": tax_codes_on(today), "today": today, "may_add": may(request.user, "add", TaxCode),
               "may_change": may(request.user, "change", TaxCode)}  # fmt: skip
    return page(request, "catalog/taxes.html", context)


def tax_new(request: HtmxRequest) -> HttpResponse:
    """Add a tax code with its rates."""
    require(request.user, "add", TaxCode)
    return tax_form(request, None)


def tax_edit(request: HtmxRequest, code: str) -> HttpResponse:
    """Change the name and the dated rates of a tax code."""
    found = get_object_or_404(visible(request.user, TaxCode.objects.all()), code=code)
    require(request.user, "change", found)
    return tax_form(request, found)


def tax_form(request: HtmxRequest, found: TaxCode | None) -> HttpResponse:
    form = TaxCodeForm(posted(request), instance=found)
    rates = found.rates.order_by("country", "region", "-valid_from") if found else []
    names = ("country", "region", "percent", "valid_from")
    now = [{name: getattr(rate, name) for name in names} for rate in rates]
    rows = TaxRatesForm(posted(request), initial=now, prefix="rates")
    if form.is_valid() and rows.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: write_tax_code(found, rows.values(), by=request.user, **values)):
            messages.success(request, _("Tax saved."))
            return redirect("catalog:taxes")
    title = _("Edit %(name)s") % {"name": found.name} if found else _("New tax code")
    hint = _("A region's rate counts before its country's, a country's before the one without a country; the latest "
             "that has begun holds. Documents keep the rate they were made with.")  # fmt: skip
    return show(request, form, title, "taxes", rows=rows, hint=hint)


# --- exchange rates -----------------------------------------------------------------


@require_GET
def exchange_rates(request: HtmxRequest) -> HttpResponse:
    """What each currency is worth, today and before."""
    today = timezone.localdate()
    context = {"currencies": currencies_with_rates(today), "today": today,
               "may_add": may(request.user, "add", ExchangeRate)}  # fmt: skip
    return page(request, "catalog/exchange_rates.html", context)


def exchange_rate_new(request: HtmxRequest) -> HttpResponse:
    """Say what a currency is worth from a day on."""
    require(request.user, "add", ExchangeRate)
    form = ExchangeRateForm(posted(request), initial={"currency": request.GET.get("currency")})
    saved: Any = (
        attempt(form, lambda: create_reference(ExchangeRate, by=request.user, **form.cleaned_data))
        if form.is_valid()
        else None
    )
    if saved:
        messages.success(request, _("Rate saved. Documents keep the rate they were made with."))
        return redirect("catalog:exchange-rates")
    return show(request, form, _("New exchange rate"), "exchange-rates")


def exchange_rate_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Correct a rate; documents keep the one they were made with."""
    rate = get_object_or_404(visible(request.user, ExchangeRate.objects.select_related("currency")), pk=pk)
    require(request.user, "change", rate)
    form = ExchangeRateForm(posted(request), instance=rate)
    saved: Any = None
    if form.is_valid():
        saved = attempt(form, lambda: change_reference(rate, by=request.user, **form.cleaned_data))
    if saved:
        messages.success(request, _("Rate saved. Documents keep the rate they were made with."))
        return redirect("catalog:exchange-rates")
    return show(
        request, form, _("Edit the rate of %(code)s") % {"code": rate.currency.code}, "exchange-rates"
    )


# --- discount lists -----------------------------------------------------------------


@require_GET
def discount_lists(request: HtmxRequest) -> HttpResponse:
    """Discounts that grow with the quantity, and how many prices use each."""
    context = {
        "lists": discount_lists_with_use(),
        "uses": uses_of(),
        "may_add": may(request.user, "add", DiscountList),
        "may_change": may(request.user, "change", DiscountList),
    }
    return page(request, "catalog/discount_lists.html", context)


def discount_list_new(request: HtmxRequest) -> HttpResponse:
    """Start a discount list."""
    require(request.user, "add", DiscountList)
    return discount_form(request, None)


def discount_list_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change a discount list and its tiers."""
    found = get_object_or_404(visible(request.user, DiscountList.objects.all()), pk=pk)
    require(request.user, "change", found)
    return discount_form(request, found)


def discount_form(request: HtmxRequest, found: DiscountList | None) -> HttpResponse:
    form = DiscountListForm(posted(request), instance=found)
    tiers = found.tiers.order_by("low") if found else []
    now = [{"low": one.low, "high": one.high, "value": one.value} for one in tiers]
    rows = TiersForm(posted(request), initial=now, prefix="tiers")
    if form.is_valid() and rows.is_valid():
        wanted = [TierWanted(row["low"], row["high"], row["value"]) for row in rows.values()]
        by, values = request.user, form.cleaned_data
        saved = attempt(rows, lambda: (
            actions.change_discount_list(found, by=by, tiers=wanted, **values) if found
            else actions.create_discount_list(by=by, tiers=wanted, **values)
        ))  # fmt: skip
        if saved:
            messages.success(request, _("Discount list saved."))
            return redirect("catalog:discount-lists")
    title = _("Edit %(name)s") % {"name": found.name} if found else _("New discount list")
    hint = _(
        "Both ends belong to a tier; without an end it goes on. Quantities between tiers get no discount."
    )
    delete = url("catalog:discount-list-delete", found.pk) if found else ""
    return show(request, form, title, "discount-lists", rows=rows, hint=hint, delete=delete)


@require_POST
def discount_list_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take out a discount list that no price uses."""
    found = get_object_or_404(visible(request.user, DiscountList.objects.all()), pk=pk)
    actions.delete_discount_list(found, by=request.user)
    messages.success(request, _("Discount list deleted."))
    return redirect("catalog:discount-lists")


PLACES = {
    "units": (gettext_lazy("Units"), "products", gettext_lazy("Products")),
    "taxes": (gettext_lazy("Taxes"), "price-lists", gettext_lazy("Price lists")),
    "exchange-rates": (gettext_lazy("Exchange rates"), "price-lists", gettext_lazy("Price lists")),
    "discount-lists": (gettext_lazy("Discount lists"), "price-lists", gettext_lazy("Price lists")),
}


def show(
    request: HtmxRequest,
    form: Any,
    title: str,
    place: str,
    *,
    rows: Any = None,
    hint: str = "",
    delete: str = "",
) -> HttpResponse:
    """The form of a page of reference data, with its rows."""
    label, above, above_label = PLACES[place]
    status = status_of(form)
    if status == 200 and rows is not None:
        status = status_of(rows)
    context = {
        "title": title, "form": form, "rows": rows, "hint": hint, "version": None, "submit": _("Save"),
        "cancel": url(f"catalog:{place}"), "delete": delete,
        "crumbs_to": [(above_label, url(f"catalog:{above}")), (label, url(f"catalog:{place}"))],
    }  # fmt: skip
    return page(request, "catalog/rows_form.html", context, status=status)
