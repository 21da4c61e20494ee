from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import import_string
from jinja2 import pass_context

from kernel.attachments import register_attachment
from kernel.jinja import register_global


@pass_context
def chain(context: Any, record: Any) -> Any:
    """The chain bar for the reader of the page; imported when it is first drawn, because models come later."""
    return import_string("reports.chain.bar")(context, record)


@pass_context
def has_open_quote(context: Any, deal: Any) -> Any:
    """The page of a deal lies below its quotes, so it asks here whether something is offered."""
    return import_string("reports.chain.is_offered")(context, deal)


@pass_context
def deal_drift(context: Any, deal: Any) -> Any:
    """The page of a deal lies below the documents that show what became of its amount."""
    return import_string("reports.deal_figures.drift_of")(context, deal)


@pass_context
def deal_quotes(context: Any, deal: Any) -> Any:
    """The quotes of a deal, for its page below."""
    return import_string("reports.deal_figures.quotes_of_deal")(context, deal)


@pass_context
def reached_quotes(context: Any, preview: Any) -> Any:
    """The page of a price list lies below the quotes that a change of its prices would reach."""
    return import_string("reports.price_drift.reached_quotes")(context, preview)


def for_reader(path: str) -> Callable[..., Any]:
    """A function of this app whose first argument is whoever reads the page: pages below call it without knowing us."""

    @pass_context
    def call(context: Any, *args: Any, **kwargs: Any) -> Any:
        return import_string(path)(context["request"].user, *args, **kwargs)

    return call


# What the pages of accounts and contacts show of the records above them.
OF_CUSTOMERS = {
    "customer_figures": "reports.customer_figures.figures",
    "customer_credit": "reports.customer_credit.standing",
    "customer_deals": "reports.customer_rows.deals",
    "customer_documents": "reports.customer_rows.documents",
    "customer_last_contact": "reports.customer_rows.last_contact",
    "customer_products": "reports.customer_products.bought",
    "customer_prices": "reports.customer_products.prices",
    "customer_erp": "reports.customer_erp.known",
    "customer_has_erp": "reports.customer_erp.has_erp",
    "base_code": "reports.customer_rows.base_code",
}


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_attachment("report_file", "reports.letters.kept_file")
        register_global("chain", chain)
        register_global("has_open_quote", has_open_quote)
        register_global("usual_days", "reports.stage_age.usual_days")
        register_global("reached_quotes", reached_quotes)
        register_global("deal_drift", deal_drift)
        register_global("deal_quotes", deal_quotes)
        register_global("chain_records", for_reader("reports.chain.records_for"))
        for name, path in OF_CUSTOMERS.items():
            register_global(name, for_reader(path))
