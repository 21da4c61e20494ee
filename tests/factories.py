"""The least valid thing of each kind, in any state: ``LeadFactory(status="qualified")``.

Quotes, orders and invoices are in tests/document_factories.py.
"""

import datetime as dt
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from activities.models import Activity
from catalog.models import (
    Currency,
    ExchangeRate,
    PaymentTerms,
    PriceList,
    PriceListItem,
    Product,
    TaxCode,
    TaxRate,
    Unit,
    UnitGroup,
)
from customers.models import Account, Contact
from leads.models import Lead
from opportunities.models import (
    LossReason,
    Opportunity,
    OpportunityClose,
    OpportunityLine,
    Pipeline,
    Stage,
    StageVisit,
)
from people.models import Role, Team, User

LONG_AGO = dt.date(2000, 1, 1)


class TeamFactory(DjangoModelFactory):
    """``TeamFactory(parent=emea)`` is a sub-team."""

    class Meta:
        model = Team

    name = factory.Sequence("Team {}".format)


class UserFactory(DjangoModelFactory):
    """A salesperson with a team of their own, unless said otherwise."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("user{}".format)
    first_name = "Ada"
    last_name = factory.Sequence("Long {}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    role = Role.SALESPERSON
    team = factory.SubFactory(TeamFactory)


class CurrencyFactory(DjangoModelFactory):
    """The euro, which is the base currency; other codes are not."""

    class Meta:
        model = Currency
        django_get_or_create = ("code",)

    code = "EUR"
    name = factory.LazyAttribute(lambda currency: currency.code)
    digits = 2
    is_base = factory.LazyAttribute(lambda currency: currency.code == "EUR")


class ExchangeRateFactory(DjangoModelFactory):
    class Meta:
        model = ExchangeRate

    currency = factory.SubFactory(CurrencyFactory, code="USD")
    rate = Decimal("0.9")
    valid_from = LONG_AGO


class PaymentTermsFactory(DjangoModelFactory):
    class Meta:
        model = PaymentTerms
        django_get_or_create = ("code",)

    code = "NET30"
    name = "30 days net"
    net_days = 30


class UnitGroupFactory(DjangoModelFactory):
    class Meta:
        model = UnitGroup
        django_get_or_create = ("name",)

    name = "Pieces"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit
        django_get_or_create = ("code",)

    group = factory.SubFactory(UnitGroupFactory)
    code = "pc"
    name = "piece"


class TaxCodeFactory(DjangoModelFactory):
    """A tax code with one rate that holds everywhere and always: ``TaxCodeFactory(rate=7)``."""

    class Meta:
        model = TaxCode
        django_get_or_create = ("code",)

    class Params:
        rate = 19

    code = factory.LazyAttribute(lambda tax: f"VAT{tax.rate}")
    name = factory.LazyAttribute(lambda tax: f"VAT {tax.rate} %")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        made = super()._create(model_class, *args, **kwargs)
        percent = Decimal(made.code.removeprefix("VAT")) if made.code.startswith("VAT") else Decimal(19)
        TaxRate.objects.get_or_create(
            tax_code=made, country="", region="", valid_from=LONG_AGO, defaults={"percent": percent}
        )
        return made


class ProductFactory(DjangoModelFactory):
    """An active product of 100.00 with 19 % tax, sold by the piece."""

    class Meta:
        model = Product

    sku = factory.Sequence("SKU-{:05}".format)
    name = factory.Sequence("Product {}".format)
    unit = factory.SubFactory(UnitFactory)
    list_price = Decimal(100)
    standard_cost = Decimal(60)
    current_cost = Decimal(60)
    tax_code = factory.SubFactory(TaxCodeFactory)
    status = "active"


class PriceListFactory(DjangoModelFactory):
    """A list in euro; ``items={product: "90.00"}`` prices products in their own unit."""

    class Meta:
        model = PriceList
        skip_postgeneration_save = True

    name = factory.Sequence("Prices {}".format)
    currency = factory.SubFactory(CurrencyFactory)

    @factory.post_generation
    def items(self, create, extracted, **kwargs):
        for product, amount in (extracted or {}).items():
            PriceListItem.objects.create(
                price_list=self, product=product, unit=product.unit, method="amount", amount=Decimal(amount)
            )


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    number = factory.Sequence("ACC-T{:05}".format)
    name = factory.Sequence("Account {}".format)
    street = "Main Street 1"
    postcode = "10115"
    city = "Berlin"
    country = "DE"
    team = factory.LazyAttribute(lambda account: account.owner.team if account.owner else None)
    owner = None


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    number = factory.Sequence("CON-T{:05}".format)
    first_name = "Grace"
    last_name = factory.Sequence("Hopper {}".format)
    owner = None
    team = factory.LazyAttribute(lambda contact: contact.owner.team if contact.owner else None)


class LeadFactory(DjangoModelFactory):
    """An open lead, not contacted yet; any status brings its first reason."""

    class Meta:
        model = Lead

    number = factory.Sequence("LEA-T{:05}".format)
    topic = "Wants a spindle"
    first_name = "Ada"
    last_name = factory.Sequence("Borg {}".format)
    company = factory.Sequence("Borg {} GmbH".format)
    owner = factory.SubFactory(UserFactory)
    team = factory.LazyAttribute(lambda lead: lead.owner.team if lead.owner else None)
    status = "open"
    status_reason = factory.LazyAttribute(lambda lead: Lead.REASONS[lead.status][0])


class PipelineFactory(DjangoModelFactory):
    """The default pipeline, still without stages."""

    class Meta:
        model = Pipeline
        django_get_or_create = ("name",)

    name = "Sales"
    is_default = factory.LazyAttribute(lambda pipeline: pipeline.name == "Sales")


class StageFactory(DjangoModelFactory):
    """Its first stage; ``StageFactory(position=2, name="Develop", probability=30)`` is the next."""

    class Meta:
        model = Stage
        django_get_or_create = ("pipeline", "position")

    pipeline = factory.SubFactory(PipelineFactory)
    position = 1
    name = factory.LazyAttribute(
        lambda stage: ["Qualify", "Develop", "Propose", "Close"][(stage.position - 1) % 4]
    )
    probability = factory.LazyAttribute(lambda stage: [10, 30, 60, 90][(stage.position - 1) % 4])


class LossReasonFactory(DjangoModelFactory):
    class Meta:
        model = LossReason
        django_get_or_create = ("name",)

    name = "Price"
    status_reason = "out_sold"


class OpportunityFactory(DjangoModelFactory):
    """An open opportunity of an account, without lines; ``lines=2`` makes write-ins of 100.00."""

    class Meta:
        model = Opportunity
        skip_postgeneration_save = True

    number = factory.Sequence("OPP-T{:05}".format)
    name = factory.Sequence("Deal {}".format)
    account = factory.SubFactory(AccountFactory)
    currency = factory.SubFactory(CurrencyFactory)
    stage = factory.SubFactory(StageFactory)
    owner = factory.SubFactory(UserFactory)
    team = factory.LazyAttribute(lambda opportunity: opportunity.owner.team if opportunity.owner else None)
    status = "open"
    status_reason = factory.LazyAttribute(lambda opportunity: Opportunity.REASONS[opportunity.status][0])

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        for position in range(1, (extracted or 0) + 1):
            OpportunityLineFactory(opportunity=self, position=position)


class OpportunityLineFactory(DjangoModelFactory):
    """A write-in of 1 × 100.00 without tax; amounts stand as the engine would write them."""

    class Meta:
        model = OpportunityLine

    opportunity = factory.SubFactory(OpportunityFactory)
    position = 1
    description = "Spindle"
    quantity = Decimal(1)
    unit_price = Decimal(100)
    base = Decimal(100)
    net = Decimal(100)
    total = Decimal(100)


class OpportunityCloseFactory(DjangoModelFactory):
    class Meta:
        model = OpportunityClose

    opportunity = factory.SubFactory(OpportunityFactory, status="won")
    outcome = factory.LazyAttribute(lambda close: close.opportunity.status)
    closed_on = factory.LazyFunction(timezone.localdate)
    by = factory.SubFactory(UserFactory)


class StageVisitFactory(DjangoModelFactory):
    class Meta:
        model = StageVisit

    opportunity = factory.SubFactory(OpportunityFactory)
    stage = factory.SelfAttribute("opportunity.stage")
    entered_at = factory.LazyFunction(timezone.now)


class ActivityFactory(DjangoModelFactory):
    """An open task regarding nothing in particular; ``regarding=lead`` says what."""

    class Meta:
        model = Activity

    subject = factory.Sequence("Call back {}".format)
    owner = factory.SubFactory(UserFactory)
    team = factory.LazyAttribute(lambda activity: activity.owner.team if activity.owner else None)
