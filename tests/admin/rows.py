"""Rows of every model, as few or as many as asked for."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from activities.models import (
    Attachment,
    CalendarFeed,
    Follow,
    Notification,
    NotificationSetting,
    Participant,
    Snooze,
)
from catalog.models import (
    BundleMember,
    Currency,
    DiscountList,
    DiscountTier,
    ExchangeRate,
    PaymentTerms,
    PaymentTermsPart,
    PriceListItem,
    ProductFamily,
    RelatedProduct,
    TaxRate,
    Territory,
    UnitGroup,
)
from customers.models import Affiliation, BookAddress, ContactPoint, ContactRole
from integrations.models import (
    CodeMapping,
    Connection,
    DeliveryAttempt,
    ExternalReference,
    InboxMessage,
    SyncCursor,
)
from invoices.models import Allocation, Instalment, Payment, Reminder, ReminderLevel
from kernel.models import (
    ComponentOwnership,
    CustomField,
    HistoryEntry,
    IdempotencyRecord,
    NumberSeries,
    OutboxMessage,
    OutgoingMail,
    StoredFile,
    UniqueValue,
)
from opportunities.models import (
    Competitor,
    DealMember,
    LossReason,
    Pipeline,
    Rival,
    Stage,
    Stakeholder,
    Tally,
)
from orders.models import ChangeRequest, ChangeRequestLine, Shipment, ShipmentLine
from people.models import ApiToken, Organization
from quotes.models import Acceptance, Approval, ApprovalRule, CustomerLink
from tests.admin import forecast_rows, left_behind, report_rows
from tests.document_factories import InvoiceFactory, OrderFactory, OrderLineFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityCloseFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    StageVisitFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)


def make(n: int) -> None:
    """One more row of every model, each with references of its own so that a forgotten join shows."""
    owner = UserFactory()
    account = AccountFactory(owner=owner, parent=AccountFactory(owner=owner))
    contact = ContactFactory(account=account, owner=owner)
    ContactPoint.objects.create(account=account, kind="email", value="x@example.com")
    BookAddress.objects.create(contact=contact, kind="ship_to", city="Kiel")
    Affiliation.objects.create(contact=contact, account=AccountFactory(owner=owner))
    ContactRole.objects.create(name=f"Role {n}")
    added = CustomField.objects.create(
        record_type="catalog.pricelist", name=f"f{n}", label=f"F {n}", kind="text"
    )
    UniqueValue.objects.create(field=added, value=str(n), record_id=n + 1)
    LeadFactory(owner=owner, account=account, contact=contact)
    hanging(ActivityFactory(owner=owner), contact)
    OpportunityCloseFactory(by=owner, loss_reason=LossReason.objects.create(name=f"Reason {n}"))
    OpportunityFactory(owner=owner, account=account, lines=1)
    StageVisitFactory(stage=stage(n))
    Stakeholder.objects.create(opportunity=OpportunityFactory(), contact=contact, role="buyer")
    rivaled = OpportunityFactory()
    Rival.objects.create(opportunity=rivaled, competitor=Competitor.objects.create(name=f"Borg {n}"))
    DealMember.objects.create(opportunity=rivaled, user=owner, role="helps")
    Tally.objects.create(stage_id=1, currency_id=1, deals=1, amount=1, percents=1)
    quote = QuoteFactory(owner=owner, account=account)
    link = CustomerLink.objects.create(quote=quote, created_by=owner)
    Acceptance.objects.create(quote=quote, link=link, name="Bea Buyer", email="b@example.com", total=119)
    Approval.objects.create(quote=quote, asked_by=owner)
    ApprovalRule.objects.create(kind="discount", limit=n, is_active=False)
    order = OrderFactory(owner=owner, account=account)
    shipment = Shipment.objects.create(order=order, delivery_note=f"DN-{n}")
    ShipmentLine.objects.create(shipment=shipment, order_line=OrderLineFactory(order=order), quantity=1)
    wish = ChangeRequest.objects.create(order=order, text=f"Wish {n}", asked_by=owner)
    ChangeRequestLine.objects.create(
        request=wish, order_line=OrderLineFactory(order=order), quantity_before=2, quantity=3
    )
    money(n, account)
    catalog(n)
    machines(n, owner)
    forecast_rows.make(n, owner)
    report_rows.make(n, owner)
    left_behind.make(n, owner)


def stage(n: int) -> Stage:
    pipeline = Pipeline.objects.create(name=f"Pipeline {n}")
    return Stage.objects.create(pipeline=pipeline, name=f"Stage {n}", position=1, probability=10)


def money(n: int, account: Any) -> None:
    invoice = InvoiceFactory(account=account, status_reason="billed")
    payment = Payment.objects.create(
        number=f"PAY-T{n}", account=account, currency=invoice.currency, amount=Decimal(10)
    )
    Allocation.objects.create(invoice=invoice, payment=payment, amount=Decimal(10))
    Instalment.objects.create(
        invoice=invoice, position=1, due_on=invoice.due_on, amount=invoice.total, upto=invoice.total
    )
    level = ReminderLevel.objects.create(
        level=n + 1, name=f"Level {n}", days_overdue=n, subject="x", text="x"
    )
    Reminder.objects.create(invoice=invoice, level=level, due_on=invoice.due_on, amount=invoice.total)


def catalog(n: int) -> None:
    day = dt.date(2001, 1, 1) + dt.timedelta(days=n)
    currency, _made = Currency.objects.get_or_create(code=f"X{n:02}", defaults={"name": f"Money {n}"})
    ExchangeRate.objects.create(currency=currency, rate=2, valid_from=day)
    discounts = DiscountList.objects.create(name=f"Discount {n}", currency=currency)
    DiscountTier.objects.create(discount_list=discounts, low=1, value=5)
    family = ProductFamily.objects.create(
        name=f"Family {n}", parent=ProductFamily.objects.create(name=f"Parent {n}")
    )
    unit = UnitFactory(code=f"u{n}", group=UnitGroup.objects.create(name=f"Group {n}"))
    tax = TaxCodeFactory(rate=n % 90 + 1)
    product = ProductFactory(family=family, unit=unit, tax_code=tax)
    PriceListItem.objects.create(
        price_list=PriceListFactory(currency=currency),
        product=product,
        unit=unit,
        amount=1,
        discount_list=discounts,
    )
    TaxRate.objects.create(tax_code=tax, country="DE", percent=1, valid_from=day)
    bundle = ProductFactory(kind="bundle", family=family)
    BundleMember.objects.create(bundle=bundle, member=product, unit=unit)
    RelatedProduct.objects.create(product=bundle, other=product)
    terms = PaymentTerms.objects.create(code=f"T{n}", name=f"Terms {n}")
    PaymentTermsPart.objects.create(terms=terms, position=1, percent=100, days=30)
    Territory.objects.create(name=f"Territory {n}")


def hanging(activity: Any, contact: Any) -> None:
    """What hangs on an activity, and what is told of it."""
    now, owner = timezone.now(), activity.owner
    file = StoredFile.objects.create(
        name="list.csv", size=1, sha256="x", content="x", purpose="attachment", kept_by=owner
    )
    Attachment.objects.create(record=activity, file=file, name=file.name, by=owner, at=now)
    CalendarFeed.objects.create(user=owner, digest=uuid.uuid4().hex)
    Follow.objects.create(record=activity, user=owner)
    Notification.objects.create(user=owner, kind="due", text="x", record=activity, by=UserFactory(), at=now)
    NotificationSetting.objects.create(user=owner, kind="due")
    Participant.objects.create(activity=activity, contact=contact)
    Snooze.objects.create(record=activity, user=owner, until=now)


def machines(n: int, owner: Any) -> None:
    HistoryEntry.objects.create(record_type="leads.lead", record_id=n, verb="created", actor=owner)
    NumberSeries.objects.create(kind=f"kind{n}", year=2026, pattern="{counter}")
    IdempotencyRecord.objects.create(user=owner, key=f"key{n}", fingerprint="x", status=201)
    ApiToken.objects.create(user=owner, name=f"token {n}")
    moment = timezone.now()
    OutgoingMail.objects.create(
        message_id=f"<{n}@example.com>", record_type="quotes.quote", record_id=n, to="a@example.com", subject="Quote",
        body="text", hold_until=moment, due_at=moment, created_by=owner,
    )  # fmt: skip
    connection = Connection.objects.create(
        code=f"erp{n}", name=f"ERP {n}", kind="rest", base_url="https://erp.example.com"
    )
    ComponentOwnership.objects.create(
        connection_code=connection.code, component="orders", owner="crm", changed_by=owner
    )
    CodeMapping.objects.create(connection=connection, kind="unit", local_code=f"l{n}", remote_code=f"r{n}")
    message = OutboxMessage.objects.create(
        component="orders", topic="order.submitted", aggregate_type="orders.order", aggregate_id=uuid.uuid4(),
        aggregate_version=1, payload_hash="x", actor=owner,
    )  # fmt: skip
    ExternalReference.objects.create(
        connection=connection, component="orders", local_type="orders.order", local_id=uuid.uuid4(),
        external_key=f"key-{n}",
    )  # fmt: skip
    DeliveryAttempt.objects.create(
        connection=connection, message=message, attempt_no=1, step="create", started_at=timezone.now()
    )
    InboxMessage.objects.create(connection=connection, source="webhook", message_id=f"m{n}", stream="orders")
    SyncCursor.objects.create(connection=connection, stream="orders")


def base() -> None:
    """What there is one of."""
    Organization.current().save()
    CurrencyFactory()
