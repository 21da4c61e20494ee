"""Pages that tell from the ledger who owes what: ageing as of any day, and statements of account."""

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from catalog.models import Currency
from catalog.rates import base_currency
from catalog.statement_printing import statement_pdf as print_statement
from customers.models import Account, Contact
from invoices.ageing import BUCKETS, NAMES, Group, ageing_by_customer, open_items
from invoices.letters import file_name
from invoices.models import Invoice, Payment
from invoices.statements import Statement, refuse_statement, sheet, statements
from invoices.views import day_of
from kernel.http import HtmxRequest, page
from kernel.paper import pdf_response
from people.access import may, visible

ON_A_PAGE = 50
WIDTH = 1000
ZERO = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """One piece of a customer's bar."""

    bucket: str
    label: Any
    start: int
    width: int
    amount: Decimal


@dataclass(frozen=True)
class Row:
    """One customer in one currency, as the page shows it."""

    customer: Account | Contact
    currency: Currency
    group: Group
    bars: list[Bar]

    @property
    def key(self) -> str:
        """What narrows the page to this customer."""
        return f"{'account' if isinstance(self.customer, Account) else 'contact'}={self.customer.ref}"


@require_GET
def ageing(request: HtmxRequest) -> HttpResponse:
    """Who owes what, how late, as of a day; a bucket leads to the items that make it."""
    on = min(day_of(request.GET.get("as_of", "")) or timezone.localdate(), timezone.localdate())
    mine = visible(request.user, Invoice.objects.all())
    whose = customer_asked(request)
    groups = ageing_by_customer(mine, on=on, credits=may(request.user, "view", Payment), **whose)
    groups.sort(key=lambda group: (-group.owed_base, group.account_id or 0, group.contact_id or 0))
    number = page_number(request.GET.get("page", ""), len(groups))
    shown = rows_of(groups[(number - 1) * ON_A_PAGE : number * ON_A_PAGE], most_of(groups))
    bucket = request.GET.get("bucket", "")
    context: dict[str, Any] = {
        "on": on, "today": timezone.localdate(), "base": base_currency(), "buckets": BUCKETS, "rows": shown,
        "totals": [sum((group.base[i] for group in groups), ZERO) for i in range(len(BUCKETS))],
        "counts": [sum(group.counts[i] for group in groups) for i in range(len(BUCKETS))],
        "currencies": by_currency(groups), "shows_credit": may(request.user, "view", Payment),
        "number": number, "pages": pages(len(groups)), "customers": len(groups), "asked": request.GET,
        "whose": whose, "bucket": bucket if bucket in NAMES else "", "items": None, "width": WIDTH,
    }  # fmt: skip
    if context["bucket"] or whose:
        whose |= currency_asked(request)
        context["items"] = open_items(mine, on=on, bucket=context["bucket"], **whose)
    return page(request, "invoices/ageing.html", context)


def customer_asked(request: HtmxRequest) -> dict[str, Any]:
    """The customer that the address names, if this person may see them; somebody else's owes nothing here."""
    for name, model in (("account", Account), ("contact", Contact)):
        if ref := request.GET.get(name, ""):
            found = visible(request.user, model.objects.by_ref(ref)).values_list("pk", flat=True).first()
            alone = {"account_id": None} if name == "contact" else {}
            return {f"{name}_id": found or 0} | alone
    return {}


def currency_asked(request: HtmxRequest) -> dict[str, Any]:
    code = request.GET.get("currency", "")
    return {"currency__code": code} if code.isalpha() else {}


def rows_of(groups: list[Group], most: Decimal) -> list[Row]:
    """The groups with their customers and bars; three queries for any number."""
    accounts = Account.objects.in_bulk([group.account_id for group in groups if group.account_id])
    contacts = Contact.objects.in_bulk([group.contact_id for group in groups if group.contact_id])
    currencies = Currency.objects.in_bulk([group.currency_id for group in groups])
    return [
        Row(
            accounts[group.account_id] if group.account_id else contacts[group.contact_id],  # type: ignore[index]
            currencies[group.currency_id], group, bars_of(group, most),
        )
        for group in groups
    ]  # fmt: skip


def bars_of(group: Group, most: Decimal) -> list[Bar]:
    """The pieces of a bar, as long together as what is owed in relation to the most that anybody owes."""
    found, start = [], 0
    for (name, label, _first, _last), base, amount in zip(BUCKETS, group.base, group.amounts, strict=True):
        width = int(base * WIDTH / most) if most else 0
        if base > 0:
            found.append(Bar(name, label, start, max(width, 4), amount))
            start += max(width, 4)
    return found


def most_of(groups: list[Group]) -> Decimal:
    return max((group.owed_base for group in groups), default=ZERO)


def by_currency(groups: list[Group]) -> list[tuple[Currency, list[Decimal], Decimal]]:
    """What is owed in each currency by bucket, and the credit; empty where there is one currency only."""
    sums: dict[int, tuple[list[Decimal], Decimal]] = {}
    for group in groups:
        amounts, credit = sums.get(group.currency_id, ([ZERO] * len(BUCKETS), ZERO))
        sums[group.currency_id] = (
            [one + more for one, more in zip(amounts, group.amounts, strict=True)],
            credit + group.credit,
        )
    found = Currency.objects.in_bulk(sums.keys())
    ordered = sorted(sums, key=lambda pk: (not found[pk].is_base, found[pk].code))
    return [(found[pk], *sums[pk]) for pk in ordered]


def page_number(text: str, count: int) -> int:
    """The page asked for, within those there are."""
    return min(max(int(text), 1), pages(count)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def pages(count: int) -> int:
    return max((count + ON_A_PAGE - 1) // ON_A_PAGE, 1)


# --- statements ------------------------------------------------------------------------------------


@require_GET
def statement(request: HtmxRequest, ref: str) -> HttpResponse:
    """A customer's statement of account, currency by currency; ``?as=csv`` for a spreadsheet."""
    account, since, until = asked(request, ref)
    found = statements(account, since=since, until=until)
    if request.GET.get("as") == "csv":
        return as_csv(account, found)
    context = {
        "account": account, "statements": found, "since": since, "until": until, "today": timezone.localdate(),
        "late": any(one.overdue for one in found) and may(request.user, "remind", Invoice),
        "may_pay": may(request.user, "add", Payment),
    }  # fmt: skip
    return page(request, "invoices/statement.html", context)


def asked(request: HtmxRequest, ref: str) -> tuple[Account, dt.date, dt.date]:
    """The account, if this person may see all that it owes, and the days: this year unless said."""
    account = get_object_or_404(visible(request.user, Account.objects.by_ref(ref)))
    refuse_statement(request.user, account)
    today = timezone.localdate()
    until = day_of(request.GET.get("until", "")) or today
    since = day_of(request.GET.get("since", "")) or dt.date(until.year, 1, 1)
    return account, min(since, until), until


@require_GET
def statement_pdf(request: HtmxRequest, ref: str) -> HttpResponse:
    """A customer's statement in one currency (``?currency=``, else the first) as it is printed."""
    account, since, until = asked(request, ref)
    found = statements(account, since=since, until=until)
    code = request.GET.get("currency", "")
    one = next((one for one in found if one.currency.code == code), found[0] if found and not code else None)
    if one is None:
        raise Http404
    return pdf_response(print_statement(sheet(one)), f"statement-{file_name(account.ref)[:-4]}-{until}")


def as_csv(account: Account, found: list[Statement]) -> HttpResponse:
    """The statements as one table for a spreadsheet."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="statement-{file_name(account.ref)[:-4]}.csv"'
    answer.write("\N{BYTE ORDER MARK}")
    lines = csv.writer(answer)
    lines.writerow(["currency", "date", "kind", "number", "reference", "due", "charge", "payment", "balance"])
    for one in found:
        code, digits = one.currency.code, one.currency.digits
        lines.writerow([code, one.since, "opening", "", "", "", "", "", f"{one.opening:.{digits}f}"])
        for entry in one.entries:
            figures = [f"{amount:.{digits}f}" for amount in (entry.charge, entry.payment, entry.balance)]
            texts = [plain_cell(entry.number), plain_cell(entry.reference)]
            lines.writerow([code, entry.on, entry.kind, *texts, entry.due_on or "", *figures])
        lines.writerow([code, one.until, "closing", "", "", "", "", "", f"{one.closing:.{digits}f}"])
    return answer


def plain_cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
