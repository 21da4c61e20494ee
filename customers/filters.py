"""Lists of documents and people narrowed to one customer: ``?account=ACC-1``, ``?below=ACC-1``, ``?contact=CON-1``."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.family import family_ids
from customers.models import Account, Contact
from kernel.tables import Filter
from people.access import visible

LONGEST_REF = 60


class CustomerFilter(Filter):
    """The rows of the one customer that the address names by number; one out of sight has none."""

    def __init__(self, name: str, label: Any, model: Any, column: str) -> None:
        super().__init__(name, label)
        self.model = model
        self.column = column

    def choices(self) -> Iterable[tuple[str, Any]]:
        return ()

    def accepts(self, value: str) -> bool:
        return len(value) <= LONGEST_REF and "\0" not in value

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        found = visible(user, self.model.objects.by_ref(value)).values_list("pk", flat=True).first()
        return queryset.none() if found is None else self.of(queryset, found)

    def of(self, queryset: QuerySet[Any], pk: int) -> QuerySet[Any]:
        return queryset.filter(**{self.column: pk})


class BelowFilter(CustomerFilter):
    """The rows of an account and of everything below it."""

    def of(self, queryset: QuerySet[Any], pk: int) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.column}__in": family_ids(pk)})


# What every list of documents offers.
OF_CUSTOMER = (
    CustomerFilter("account", _("Account"), Account, "account"),
    BelowFilter("below", _("Account and below"), Account, "account"),
    CustomerFilter("contact", _("Contact"), Contact, "contact"),
)
# The same for lists of accounts and of people.
ACCOUNT_BELOW = BelowFilter("below", _("Account and below"), Account, "pk")
PEOPLE_OF = (
    CustomerFilter("account", _("Account"), Account, "account"),
    BelowFilter("below", _("Account and below"), Account, "account"),
)
