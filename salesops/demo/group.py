"""The Borg group: a customer with subsidiaries, many people, several addresses and phones."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from activities.actions import complete_activity, create_activity
from customers.actions import change_account, change_contact, create_contact
from customers.book_actions import AddressSaid, Tie, set_addresses, set_affiliations, set_points
from customers.models import Account, Contact
from customers.points import Point
from people.models import User
from salesops.demo.past import happened

SUBSIDIARIES = {"Kraft Getriebe": "Borg Maschinenbau", "Rhein Pumpen": "Borg Maschinenbau",
                "Meyer Formenbau": "Borg Maschinenbau", "Granit Steinmetz": "Kraft Getriebe"}  # fmt: skip
TAX_NUMBERS = {
    "Borg Maschinenbau": "DE136695976", "Österreichische Walzen": "ATU13585627", "Atelier Mécanique Lyon": "FR40303265045",
    "Polska Obróbka": "PL8567346215", "Hansen & Søn": "DK13585628", "Officine Bianchi": "IT00743110157",
    "Van Dijk Verspaning": "NL004495445B01", "Rhein Pumpen": "DE123456789",
}  # fmt: skip
# First name, last name, position, part they play.
PEOPLE = [("Sabine", "Borg", "Managing director", "Decision maker"), ("Tobias", "Wenzel", "Head of purchasing", "Purchasing"),
          ("Ayşe", "Demir", "Production manager", "User"), ("Klaus", "Brandt", "Maintenance lead", "Technical"),
          ("Lena", "Hartwig", "Accountant", "Billing"), ("Marek", "Zielinski", "Engineer", "Influencer"),
          ("Petra", "Lang", "Engineer", "User"), ("Oliver", "Stein", "Quality manager", "Influencer")]  # fmt: skip


def make_group(accounts: Sequence[Account], people: dict[str, User]) -> None:
    """Put the group together, and give its head everything that a customer may have."""
    boss = people["admin"]
    named = {one.name: one for one in accounts}
    for name, number in TAX_NUMBERS.items():
        change_account(named[name], by=boss, tax_number=number)
    for name, above in SUBSIDIARIES.items():
        change_account(named[name], by=boss, parent=named[above])
    borg = named["Borg Maschinenbau"]
    staff = [employ(borg, *person, by=boss) for person in PEOPLE]
    change_account(borg, by=boss, primary_contact=staff[0])
    set_points(borg, [
        Point("email", borg.email, "Reception", is_primary=True), Point("email", "rechnungen@borg.example", "Invoices"),
        Point("phone", borg.phone, "Reception", is_primary=True), Point("phone", "+49 711 5500 190", "Plant 2"),
    ], by=boss)  # fmt: skip
    set_addresses(borg, [
        AddressSaid("bill_to", "Accounting", "Borg Gruppe Rechnungswesen", "Postfach 1140", "70435", "Stuttgart", "", "DE", True),
        AddressSaid("ship_to", "Plant 2", "Borg Maschinenbau, Werk 2", "Gießereiweg 9", "70499", "Stuttgart", "", "DE", True),
        AddressSaid("other", "Training center", "", "Am Kochenhof 12", "70192", "Stuttgart", "", "DE"),
    ], by=boss)  # fmt: skip
    asked = timezone.localdate() - dt.timedelta(days=40)
    change_contact(
        staff[6],
        by=boss,
        do_not_email=True,
        do_not_email_since=asked,
        do_not_email_how="Told us at the trade fair",
    )
    advisor = named["Delta Hydraulik"].contacts.order_by("pk")[0]
    set_affiliations(advisor, [Tie(borg, "Influencer", "Advises the board on hydraulics")], by=boss)
    keep_in_touch(borg, people["ada"])


def employ(account: Account, first: str, last: str, job: str, role: str, *, by: User) -> Contact:
    return create_contact(
        by=by, account=account, first_name=first, last_name=last, job_title=job, role=role, owner=account.owner,
        team=account.team, email=f"{first[0].lower()}.{last.lower()}@borg.example",
        phone=f"+49 711 5500 {100 + len(last) * 7}",
    )  # fmt: skip


def keep_in_touch(account: Account, by: User) -> None:
    """A call four days ago, and the next one this week."""
    call = create_activity(
        by=by, regarding=account, kind="call", subject="Yearly review with Mrs. Borg",
        body="Happy with the machines; wants one contact for the whole group.",
    )  # fmt: skip
    done = complete_activity(call, by=by)
    moment = timezone.now() - dt.timedelta(days=4)
    type(done).objects.filter(pk=done.pk).update(done_at=moment)
    happened(done, days_ago=4)
    soon = timezone.now() + dt.timedelta(days=1)
    create_activity(
        by=by, regarding=account, kind="call", subject="Talk about a framework agreement", due_at=soon
    )
