"""A small organization: two branches, one salesperson's records of every kind, and everybody who might ask for them."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from activities.models import Activity, Attachment, Notification
from catalog.models import DiscountList, ProductFamily
from duplicates.actions import merge
from duplicates.models import DuplicatePair
from imports.actions import bring_file
from imports.kinds import KINDS
from imports.models import ImportRun
from integrations.models import Connection
from invoices.models import Payment, Reminder, ReminderLevel
from kernel import snapshots
from kernel.files import keep_file
from kernel.models import CustomField, Job, OutboxMessage, OutgoingMail, RemovedRecord, SavedView
from kernel.snapshots import remove
from leads.models import AssignmentRule, ScoreRule, WebEntry, WebForm
from opportunities.models import Competitor
from people.models import ApiToken, Team, User
from quotes.models import CustomerLink
from reports.models import Dashboard, Recipient, Subscription, Tile
from reports.registry import REPORTS
from tests.document_factories import (
    InvoiceFactory,
    InvoiceLineFactory,
    OrderFactory,
    OrderLineFactory,
    QuoteFactory,
    QuoteLineFactory,
)
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    ExchangeRateFactory,
    LeadFactory,
    LossReasonFactory,
    OpportunityFactory,
    OpportunityLineFactory,
    PipelineFactory,
    PriceListFactory,
    ProductFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

ANONYMOUS = "anonymous"
PEOPLE = (
    "owner", "colleague", "stranger", "manager", "other_manager", "finance", "integration", "administrator",
)  # fmt: skip
PERSONAS = (ANONYMOUS, *PEOPLE)


@dataclass
class World:
    """Everybody by persona, and the owner's record of every kind."""

    people: dict[str, User]
    records: dict[str, Any]
    cookies: dict[str, str] = field(default_factory=dict)
    browsers: dict[tuple[str, ...], Client] = field(default_factory=dict)

    def client(self, persona: str, **options: Any) -> Client:
        """A browser with no other cookies, in which this persona is signed in."""
        # One for each persona, because every new one loads the middleware and the list of static files anew.
        key = (persona, *options)
        if key not in self.browsers:
            self.browsers[key] = Client(raise_request_exception=False, **options)
        client = self.browsers[key]
        client.cookies.clear()
        if persona != ANONYMOUS:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[persona]
        return client

    def sign_in(self) -> None:
        for persona, user in self.people.items():
            first = Client()
            first.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.cookies[persona] = first.cookies[settings.SESSION_COOKIE_NAME].value


def build(canary: str = "") -> World:
    """The organization, with ``canary`` in every text of the owner's records."""
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    berlin = TeamFactory(name="Berlin", parent=north)
    people = {
        "owner": UserFactory(username="owner", team=berlin),
        "colleague": UserFactory(username="colleague", team=berlin),
        "stranger": UserFactory(username="stranger", team=south),
        "manager": UserFactory(username="manager", role="sales_manager", team=north),
        "other_manager": UserFactory(username="other.manager", role="sales_manager", team=south),
        "finance": UserFactory(username="finance", role="finance", team=None),
        "integration": UserFactory(username="machine", role="integration", team=None),
        "administrator": UserFactory(username="admin", role="administrator", team=None, is_staff=True),
    }
    world = World(people, records_of(people["owner"], canary))
    world.sign_in()
    return world


def records_of(owner: User, canary: str) -> dict[str, Any]:
    say = lambda text: f"{canary}{text}" if canary else text  # noqa: E731
    texts = {"street": say("Street"), "city": say("City"), "custom": {"note": say("custom")}}
    account = AccountFactory(
        owner=owner, name=say("Account"), email=f"{say('a')}@example.com", phone=say("1"), **texts
    )
    contact = ContactFactory(
        owner=owner, account=account, last_name=say("Contact"), email=f"{say('c')}@example.com", **texts
    )
    lead = LeadFactory(
        owner=owner, topic=say("Topic"), company=say("Company"), last_name=say("Person"), need=say("need"),
        email=f"{say('l')}@example.com", **texts,
    )  # fmt: skip
    StageFactory(position=2)
    head = {"owner": owner, "account": account, "contact": contact, "custom": {"note": say("custom")}}
    opportunity = OpportunityFactory(
        name=say("Opportunity"), need=say("need"), next_step=say("call"), lead=lead, **head
    )
    OpportunityLineFactory(opportunity=opportunity, description=say("Line"))
    document = {**head, "ship_to_street": say("Street"), "lines": 0}
    quote = QuoteFactory(name=say("Quote"), opportunity=opportunity, terms_text=say("terms"), **document)
    order = OrderFactory(name=say("Order"), opportunity=opportunity, customer_po=say("PO"), **document)
    invoice = InvoiceFactory(
        name=say("Invoice"), order=order, opportunity=opportunity, status_reason="billed", **document
    )
    QuoteLineFactory(quote=quote, description=say("Line"))
    OrderLineFactory(order=order, description=say("Line"))
    InvoiceLineFactory(invoice=invoice, description=say("Line"))
    product = ProductFactory()
    prices = PriceListFactory(items={product: "90.00"})
    return {
        "account": account,
        "contact": contact,
        "lead": lead,
        "opportunity": opportunity,
        "quote": quote,
        "order": order,
        "invoice": invoice,
        "activity": activity_of(owner, lead, canary),
        "attachment": attachment_of(owner, lead, canary),
        "notification": Notification.objects.create(
            user=owner, kind="mention", text=say("look at this"), record=lead, at=timezone.now()
        ),
        "removedfile": remove(attachment_of(owner, lead, canary), by=owner, tell=False),
        "product": product,
        "bundle": ProductFactory(kind="bundle", status="draft"),
        "family": ProductFamily.objects.create(name="Family"),
        "discountlist": DiscountList.objects.create(name="Volume"),
        "pricelist": prices,
        "priceitem": prices.items.get(),
        "payment": Payment.objects.create(
            number=say("PAY-1"),
            account=account,
            currency=invoice.currency,
            amount=5,
            reference=say("reference"),
        ),
        "reminder": reminder_of(invoice),
        "exchangerate": ExchangeRateFactory(),
        "currency": invoice.currency,
        "unit": product.unit,
        "unitgroup": product.unit.group,
        "taxcode": product.tax_code,
        "paymentterms": invoice.payment_terms,
        "mail": mail_about(quote, owner, canary),
        "job": job_of(owner, canary),
        "customfield": CustomField.objects.create(
            record_type="catalog.product", name="color", label="Color", kind="text"
        ),
        "removedfield": CustomField.objects.create(
            record_type="catalog.product",
            name="size",
            label="Size",
            kind="text",
            is_active=False,
            removed_at=timezone.now(),
        ),
        "importrun": import_of(owner, canary),
        **duplicates_of(owner, lead, canary),
        **list_of(owner, lead, canary),
        "removed": removed_lead(owner, canary),
        "link": CustomerLink.objects.create(
            # Whoever has the address reads it: nothing of the canary stands there.
            quote=QuoteFactory(status="active", status_reason="open", owner=owner, opportunity=opportunity),
            created_by=owner,
        ),
        "token": ApiToken.objects.create(user=owner, name=say("token"))[0],
        **machinery(order),
        **rules_of_leads(owner),
        **reports_of(owner),
        **ways_of_deals(),
    }


def duplicates_of(owner: User, lead: Any, canary: str) -> dict[str, Any]:
    """A pair of leads that may be the same, and a lead that another one went into."""
    kept, gone, twin = (
        LeadFactory(owner=owner, last_name=f"{canary}Twin", email=f"{canary}twin@example.com")
        for _each in range(3)
    )
    return {
        "merge": merge(kept, [gone], by=owner, reason=f"{canary}reason"),
        "pair": DuplicatePair.objects.create(
            record_type="leads.lead", first_id=lead.pk, second_id=twin.pk, score=95, reasons=["email"]
        ),
    }


def ways_of_deals() -> dict[str, Any]:
    """A pipeline beside the default one, and what deals are lost by."""
    pipeline = PipelineFactory(name="Renewals")
    return {
        "pipeline": pipeline,
        "stage": StageFactory(pipeline=pipeline),
        "lossreason": LossReasonFactory(),
        "competitor": Competitor.objects.create(name="Borg"),
    }


def rules_of_leads(owner: User) -> dict[str, Any]:
    """What rates and assigns leads, and a web form with an entry that waits."""
    form = WebForm.objects.create(name="Contact", title="Write to us", topic="Contact form")
    return {
        "scorerule": ScoreRule.objects.create(name="Phone", fact="phone", points=5),
        "assignmentrule": AssignmentRule.objects.create(
            name="All", target="user", user=owner, is_active=False
        ),
        "webform": form,
        "webentry": WebEntry.objects.create(
            form=form, values={"last_name": "Spam"}, digest="x", status="quarantined"
        ),
    }


def reminder_of(invoice: Any) -> Reminder:
    """A proposed reminder of the invoice."""
    level = ReminderLevel.objects.create(level=1, name="Reminder", days_overdue=7, subject="x", text="x")
    return Reminder.objects.create(
        invoice=invoice, level=level, due_on=invoice.due_on, amount=invoice.balance
    )


def reports_of(owner: User) -> dict[str, Any]:
    """What the owner has sent to a colleague, and a dashboard that both look at."""
    subscription = Subscription.objects.create(
        owner=owner, name="Weekly", about="forecast", next_at=timezone.now() + timedelta(days=1)
    )
    Recipient.objects.create(subscription=subscription, user=User.objects.get(username="colleague"))
    dashboard = Dashboard.objects.create(owner=owner, name="Mine", audience="team", team=owner.team)
    Tile.objects.create(dashboard=dashboard, slug=REPORTS[0].slug)
    return {"subscription": subscription, "dashboard": dashboard}


def activity_of(owner: User, lead: Any, canary: str) -> Activity:
    made: Activity = ActivityFactory(
        owner=owner, regarding=lead, subject=f"{canary}Call", body=f"{canary}body"
    )
    return made


def list_of(owner: User, lead: Any, canary: str) -> dict[str, Any]:
    """The list of leads: a view that the owner keeps for themselves, and a cell of the owner's lead."""
    view = SavedView.objects.create(table="leads", name=f"{canary}view", owner=owner, query=f"q={canary}")
    found = SimpleNamespace(name="leads", public_id=view.public_id, pk=lead.pk, column="company")
    return dict.fromkeys(("list", "view", "cell"), found)


def job_of(owner: User, canary: str) -> Job:
    """What the owner asked the background for, with its result."""
    result = keep_file(f"{canary}.csv", ContentFile(b"a,b"), by=owner, purpose="result")
    return Job.objects.create(
        kind="export", title=f"{canary}export", asked_by=owner, state="done", result=result
    )


def import_of(owner: User, canary: str) -> ImportRun:
    """A list of leads that the owner brought."""
    content = f"Last name;E-mail\n{canary}Brought;brought@example.com\n".encode()
    return bring_file(KINDS["leads"], SimpleUploadedFile(f"{canary}list.csv", content), by=owner)


def removed_lead(owner: User, canary: str) -> RemovedRecord:
    """A lead of the owner that waits in the recycle bin."""
    return snapshots.remove(LeadFactory(owner=owner, topic=f"{canary}thrown away"), by=owner)


def attachment_of(owner: User, lead: Any, canary: str) -> Attachment:
    """The owner's file, with the lead."""
    stored = keep_file(
        f"{canary}list.txt", ContentFile(f"{canary}text".encode()), by=owner, purpose="attachment"
    )
    return Attachment.objects.create(record=lead, file=stored, name=stored.name, by=owner, at=timezone.now())


def mail_about(quote: Any, owner: User, canary: str) -> OutgoingMail:
    """The owner's e-mail about the quote, still held."""
    now = timezone.now()
    return OutgoingMail.objects.create(
        message_id="<held@example.com>", record_type="quotes.quote", record_id=quote.pk, record_ref=quote.ref,
        to=f"{canary}c@example.com", subject=f"{canary}Quote", body=f"{canary}text", hold_until=now, due_at=now,
        created_by=owner,
    )  # fmt: skip


def machinery(order: Any) -> dict[str, Any]:
    """The connection, and the order's message that waits for a person."""
    connection = Connection.objects.create(
        code="demo", name="Demo", kind="rest", base_url="https://erp.example.com"
    )
    message = OutboxMessage.objects.create(
        destination="demo", component="orders", topic="order.submitted", aggregate_type="orders.order",
        aggregate_id=order.public_id, aggregate_ref=order.ref, aggregate_version=1, payload_hash="x", state="dead",
        message_id=uuid.uuid4(),
    )  # fmt: skip
    return {"connection": connection, "message": message}
