"""One search over all records: by number, ERP number, name, e-mail or phone, within one's rights."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from customers.models import Account, Contact
from invoices.models import Invoice
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.access import visible
from people.models import User
from quotes.models import Quote

PER_GROUP = 10
GROUPS: tuple[tuple[Any, Any], ...] = (
    (_("Accounts"), Account), (_("Contacts"), Contact), (_("Leads"), Lead), (_("Opportunities"), Opportunity),
    (_("Quotes"), Quote), (_("Orders"), Order), (_("Invoices"), Invoice), (_("Products"), Product),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The matches of one kind; ``more`` says that the list goes on."""

    label: Any
    records: list[Any]
    more: bool


def search(user: User, text: str) -> list[Found]:
    """Matches by kind, newest first, one query a kind."""
    if len(text.strip()) < 2:
        return []
    groups = []
    for label, model in GROUPS:
        found = visible(user, model.objects.matching(text)).order_by("-id")[: PER_GROUP + 1]
        if records := list(found):
            groups.append(Found(label, records[:PER_GROUP], len(records) > PER_GROUP))
    return groups


def exact(user: User, text: str) -> Any | None:
    """The one document with exactly this number, ours or the ERP's."""
    number = text.strip().upper()
    if "-" not in number and not number.isdecimal():
        return None
    lookups: list[tuple[Any, Q]] = [
        (Lead, Q(number=number)), (Opportunity, Q(number=number)), (Order, Q(number=number) | Q(erp_number=number)),
        (Invoice, Q(number=number)), (Account, Q(number=number)), (Contact, Q(number=number)),
    ]  # fmt: skip
    found = [
        record for model, wanted in lookups for record in visible(user, model.objects.filter(wanted))[:2]
    ]
    quote = visible(user, Quote.objects.by_ref(text.strip().upper().replace("-R", "-r"))).first()
    found += [quote] if quote else []
    return found[0] if len(found) == 1 else None
