"""What can be done to reference data (money, units, taxes, terms): made and changed, one transaction each."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Currency, ExchangeRate, PaymentTerms, TaxCode, TaxRate, Unit, UnitGroup
from kernel import history
from kernel.errors import DomainError
from kernel.writing import assign
from people.access import require
from people.models import User

M = TypeVar("M", bound=models.Model)

FIELDS: dict[type[models.Model], frozenset[str]] = {
    Currency: frozenset({"code", "name", "symbol", "digits"}),
    ExchangeRate: frozenset({"currency", "rate", "valid_from"}),
    UnitGroup: frozenset({"name"}),
    Unit: frozenset({"group", "code", "name", "factor"}),
    TaxCode: frozenset({"code", "name"}),
    TaxRate: frozenset({"tax_code", "country", "region", "percent", "valid_from"}),
    PaymentTerms: frozenset({"code", "name", "net_days", "invoicing"}),
}
# Documents were priced with these; another value would make them say what nobody agreed to.
FIXED: dict[type[models.Model], frozenset[str]] = {
    Currency: frozenset({"code", "digits"}),
    Unit: frozenset({"group", "factor"}),
    TaxCode: frozenset({"code"}),
}


@transaction.atomic
def create_reference(model: type[M], *, by: User, **values: Any) -> M:
    """Add a row of reference data."""
    require(by, "add", model)
    row = model()
    assign(row, values, allowed=FIELDS[model])
    row.save(force_insert=True)
    history.record(row, "created", by=by)
    return row


@transaction.atomic
def change_reference(row: M, *, by: User, **values: Any) -> M:
    """Change a row of reference data; what documents rely on stays."""
    require(by, "change", row)
    fresh: M = type(row)._default_manager.select_for_update().get(pk=row.pk)
    changes = assign(fresh, values, allowed=FIELDS[type(row)])
    if fixed := sorted(FIXED.get(type(row), frozenset()) & changes.keys()):
        raise DomainError(
            _("Documents rely on this: %(field)s") % {"field": fixed[0]}, code="fixed", field=fixed[0]
        )
    if changes:
        fresh.save()
        history.record(fresh, "changed", by=by, changes=changes)
    return fresh


@transaction.atomic
def set_tax_rates(tax_code: TaxCode, rates: Iterable[Mapping[str, Any]], *, by: User) -> TaxCode:
    """Make the dated rates of a tax code exactly these."""
    require(by, "change", TaxRate)
    before = {key_of(rate): str(rate.percent) for rate in tax_code.rates.select_for_update()}
    made = []
    for values in rates:
        rate = TaxRate(tax_code=tax_code)
        assign(rate, values, allowed=FIELDS[TaxRate])
        made.append(rate)
    after = {key_of(rate): str(rate.percent) for rate in made}
    if len(after) < len(made):
        raise DomainError(_("There is one rate a place and day."), code="repeated", field="rates")
    tax_code.rates.all().delete()
    TaxRate.objects.bulk_create(made, batch_size=500)
    history.record(tax_code, "rates_changed", by=by, changes={"rates": [before, after]})
    return tax_code


def key_of(rate: TaxRate) -> str:
    """What tells one rate of a code from another."""
    return f"{rate.country}/{rate.region}/{rate.valid_from}"
