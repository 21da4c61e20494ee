"""Who owes what, how late? The ageing of today, by customer and by how late it is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Account, Contact
from invoices.ageing import BUCKETS, Group, ageing_by_customer
from invoices.models import Invoice
from kernel.charts import BarRow, Bars, Mark
from kernel.formats import money, number
from kernel.jinja import url
from people.access import Scope, grant_for, visible
from people.models import User
from reports.questions.asked import Asked
from reports.questions.shape import Answer, Cell, Figure, Report, Table, amount

SHOWN = 12  # customers in the picture
MOST = 100  # and in the table
ZERO = Decimal(0)


@dataclass
class Debtor:
    """What one customer owes in all currencies, in base currency, by how late it is."""

    customer: Any
    base: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))

    @property
    def owed(self) -> Decimal:
        return sum(self.base, ZERO)

    @property
    def late(self) -> Decimal:
        return sum(self.base[1:], ZERO)

    def url(self, bucket: str = "") -> str:
        kind = "account" if isinstance(self.customer, Account) else "contact"
        return ageing_url(**{kind: self.customer.ref}, bucket=bucket)


def ageing_url(**asked: str) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"{url('invoices:ageing')}?{urlencode(given)}" if given else url("invoices:ageing")


def answer(user: User, asked: Asked) -> Answer:
    """The same figures as the ageing of the invoices, in base currency at the rates of the invoices."""
    invoices = visible(user, Invoice.objects.filter(asked.whose))
    groups = ageing_by_customer(invoices, on=asked.today, credits=False)
    found = debtors(groups)
    totals = [sum((one.base[n] for one in found), ZERO) for n in range(len(BUCKETS))]
    counts = [sum(group.counts[n] for group in groups) for n in range(len(BUCKETS))]
    narrowed = asked.owner is not None or asked.team is not None
    figures = [
        Figure(_("Owed"), money(sum(totals, ZERO), asked.base), sum(totals, ZERO), "" if narrowed else ageing_url()),
        *(
            Figure(label, money(total, asked.base), total, "" if narrowed else ageing_url(bucket=name),
                   _("%(n)s invoices") % {"n": number(counts[n])}, "danger" if n > 2 and total else "")
            for n, ((name, label, _first, _last), total) in enumerate(zip(BUCKETS, totals, strict=True))
        ),
    ]  # fmt: skip
    lines = [_("In %(base)s at the rates of the invoices, as of today.") % {"base": asked.base}]
    if len(found) > SHOWN:
        rest = sum((one.owed for one in found[SHOWN:]), ZERO)
        lines.append(
            _("The picture shows the %(n)s who owe most; all others owe %(rest)s together.")
            % {"n": SHOWN, "rest": money(rest, asked.base)}
        )
    return Answer(figures, [picture(found, asked)], [table(found, totals, asked)], lines)


def debtors(groups: Sequence[Group]) -> list[Debtor]:
    """The customers, those who owe most first; two queries for any number."""
    sums: dict[tuple[int | None, int | None], list[Decimal]] = defaultdict(lambda: [ZERO] * len(BUCKETS))
    for group in groups:
        # Within an account it does not matter whose contact was asked.
        key = (group.account_id, None) if group.account_id else (None, group.contact_id)
        sums[key] = [one + more for one, more in zip(sums[key], group.base, strict=True)]
    accounts = Account.objects.in_bulk([account for account, _contact in sums if account])
    contacts = Contact.objects.in_bulk([contact for _account, contact in sums if contact])
    found = [
        Debtor(accounts[account] if account else contacts[contact], base)  # type: ignore[index]
        for (account, contact), base in sums.items()
    ]
    return sorted(found, key=lambda one: (-one.owed, str(one.customer)))


def picture(found: Sequence[Debtor], asked: Asked) -> Bars:
    rows = [
        BarRow(
            str(one.customer),
            [
                Mark(label, value, money(value, asked.base), one.url(name))
                for (name, label, _first, _last), value in zip(BUCKETS, one.base, strict=True)
            ],
            one.url(), money(one.owed, asked.base),
        )
        for one in found[:SHOWN]
    ]  # fmt: skip
    late = max(found, key=lambda one: one.late, default=None)
    finding = (
        _("%(who)s is behind with most: %(amount)s.")
        % {"who": late.customer, "amount": money(late.late, asked.base)}
        if late and late.late > 0
        else _("Nothing is overdue.")
    )
    return Bars(
        _("What is owed, by how late it is"), finding, _("Nobody owes anything."), rows,
        [label for _name, label, _first, _last in BUCKETS],
    )  # fmt: skip


def table(found: Sequence[Debtor], totals: Sequence[Decimal], asked: Asked) -> Table:
    rows = [
        [
            Cell(str(one.customer), url=one.url()),
            *(
                amount(value, asked.base, url=one.url(name) if value else "")
                for (name, *_rest), value in zip(BUCKETS, one.base, strict=True)
            ),
            amount(one.owed, asked.base, url=one.url()),
        ]
        for one in found[:MOST]
    ]
    if len(found) > MOST:
        others = [sum((one.base[n] for one in found[MOST:]), ZERO) for n in range(len(BUCKETS))]
        rows.append(
            [
                Cell(_("%(n)s others") % {"n": number(len(found) - MOST)}),
                *(amount(one, asked.base) for one in [*others, sum(others, ZERO)]),
            ]
        )
    if found:
        sums = [amount(one, asked.base) for one in [*totals, sum(totals, ZERO)]]
        rows.append([Cell(_("Together")), *sums])
    heads = [_("Customer"), *(label for _name, label, _first, _last in BUCKETS), _("Owed")]
    return Table("customers", _("By customer"), heads, rows, _("Nobody owes anything."))


REPORT = Report(
    "owed", gettext_lazy("Ageing"), gettext_lazy("Who owes what, how late?"), answer, frozenset({"owner", "team"}),
    lambda user: grant_for(user, "invoice").scope != Scope.NONE,
)  # fmt: skip
