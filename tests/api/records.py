"""Every kind of record that somebody owns: how to make one, and where it stands in the API."""

from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    LeadFactory,
    OpportunityFactory,
)

OWNED = {
    "accounts": AccountFactory,
    "contacts": ContactFactory,
    "leads": LeadFactory,
    "opportunities": OpportunityFactory,
    "quotes": QuoteFactory,
    "orders": OrderFactory,
    "invoices": InvoiceFactory,
    "activities": ActivityFactory,
}
REFERENCE = (
    "products",
    "price-lists",
    "currencies",
    "exchange-rates",
    "units",
    "tax-codes",
    "payment-terms",
    "users",
)


def address(plural, record, verb=""):
    return f"/api/v1/{plural}/{record.public_id}/{verb}{'/' if verb else ''}"
