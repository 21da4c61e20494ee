"""What can be done to reference data (money, units, taxes, terms): made and changed, one transaction each."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models.deletion import PROTECT
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext_lazy as _

from catalog.models import (
    Currency,
    DiscountList,
    ExchangeRate,
    PaymentTerms,
    ProductFamily,
    TaxCode,
    TaxRate,
    Territory,
    Unit,
    UnitGroup,
)
from kernel import history
from kernel.errors import Conflict, DomainError
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
    PaymentTerms: frozenset({"code", "name", "net_days", "invoicing", "early_percent", "early_days"}),
    ProductFamily: frozenset({"name", "parent"}),
    Territory: frozenset({"name"}),
    DiscountList: frozenset({"name", "kind", "currency"}),
}
# Documents may have been priced with these; another value would make them say what nobody agreed to.
FIXED: dict[type[models.Model], frozenset[str]] = {
    Currency: frozenset({"code", "digits"}),
    Unit: frozenset({"group", "factor"}),
    TaxCode: frozenset({"code"}),
}

UNIQUE = (("code",), ("name",), ("currency", "valid_from"))


@transaction.atomic
def create_reference(model: type[M], *, by: User, **values: Any) -> M:
    """Add a row of reference data."""
    require(by, "add", model)
    row = model()
    assign(row, values, allowed=FIELDS[model])
    refuse_second(row)
    row.save(force_insert=True)
    history.record(row, "created", by=by)
    return row


@transaction.atomic
def change_reference(row: M, *, by: User, **values: Any) -> M:
    """Change a row of reference data; what documents rely on stays."""
    require(by, "change", row)
    fresh: M = type(row)._default_manager.select_for_update().get(pk=row.pk)
    changes = assign(fresh, values, allowed=FIELDS[type(row)])
    if (fixed := sorted(FIXED.get(type(row), frozenset()) & changes.keys())) and (users := used_by(row)):
        raise DomainError(
            _("%(what)s is used (%(by)s), so this stays: %(field)s")
            % {"what": row, "by": users[0], "field": fixed[0]},
            code="fixed", field=fixed[0],
        )  # fmt: skip
    if changes:
        refuse_second(fresh)
        fresh.save()
        history.record(fresh, "changed", by=by, changes=changes)
    return fresh


@transaction.atomic
def delete_reference(row: models.Model, *, by: User) -> None:
    """Take out a row of reference data that nothing uses; else say what does."""
    require(by, "delete", row)
    if users := used_by(row):
        text = _("%(what)s is used (%(by)s), so it stays.") % {"what": row, "by": ", ".join(users)}
        raise DomainError(text, code="in_use")
    history.record(row, "deleted", by=by, note=str(row))
    row.delete()


def used_by(row: models.Model, most: int = 3) -> list[str]:
    """What relies on a row, as a few kinds of record; rows that are parts of it do not count."""
    found: list[str] = []
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or getattr(relation, "on_delete", None) is not PROTECT:
            continue
        related: Any = relation.related_model
        name = str(related._meta.verbose_name)
        if name not in found and related._base_manager.filter(**{relation.field.name: row}).exists():
            found.append(name)
        if len(found) >= most:
            break
    return found


def refuse_second(row: models.Model) -> None:
    """A code, a name or a day of a rate stands there once; the database would say so less kindly."""
    for names in UNIQUE:
        fields = [one for one in row._meta.concrete_fields if one.name in names]
        if len(fields) < len(names) or (len(names) == 1 and not fields[0].unique):
            continue
        values = {name: getattr(row, name) for name in names}
        if type(row)._default_manager.filter(**values).exclude(pk=row.pk).exists():
            raise Conflict(_("There is one like this already."), code="unique", field=names[-1])


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


@transaction.atomic
def write_tax_code(
    tax_code: TaxCode | None, rates: Iterable[Mapping[str, Any]], *, by: User, **values: Any
) -> TaxCode:
    """Make or change a tax code together with its dated rates."""
    if tax_code is None:
        tax_code = create_reference(TaxCode, by=by, **values)
    else:
        tax_code = change_reference(tax_code, by=by, **values)
    return set_tax_rates(tax_code, rates, by=by)


def key_of(rate: TaxRate) -> str:
    """What tells one rate of a code from another."""
    return f"{rate.country}/{rate.region}/{rate.valid_from}"
