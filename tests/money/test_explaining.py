"""Why this number? Every sentence of generated documents is held against what is stored."""

from decimal import Decimal
from random import Random

import pytest

from catalog.explaining import NOWHERE, explain
from catalog.lines import lines_of
from invoices.origins import origin_of as origin_of_invoice
from kernel.pricing import Profile
from orders.origins import origin_of as origin_of_order
from tests.money.sales import Market

pytestmark = pytest.mark.django_db
LINE_AMOUNTS = ("unit_price", "base", "manual_discount", "net", "header_discount", "tax", "total")
HEADER_AMOUNTS = (
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight",
    "freight_tax", "total_tax", "total", "total_base",
)  # fmt: skip


def explained(document, origin_of=None):
    document = type(document).objects.select_related("currency", "freight_tax_code").get(pk=document.pk)
    lines = lines_of(document)
    return (
        document,
        lines,
        explain(document, lines, origin=origin_of(document, lines) if origin_of else NOWHERE),
    )


def assert_true_and_complete(document, lines, explanation):
    """Each step arrives at the stored amount, no amount lacks one, and nothing had to be confessed."""
    for line in lines:
        steps = explanation.of_line(line.key)
        told = {step.field: step for step in steps if step.field}
        for name in LINE_AMOUNTS:
            stored = getattr(line, name)
            if stored and not (line.kind == "included" and name == "unit_price"):
                assert told[name].result == stored, (name, told[name])
        assert all(step.result == getattr(line, step.field) for step in told.values())
    told = {step.field: step for step in explanation.of_header if step.scope == "document" and step.field}
    for name in HEADER_AMOUNTS:
        if stored := getattr(document, name):
            assert told[name].result == stored, (name, told)
    by_rate = [step.result for step in explanation.of_header if step.field == "tax_by_group"]
    assert sum(by_rate, Decimal(0)) == document.total_tax
    codes = {step.code for step in explanation.steps}
    assert not codes & {"as_stored", "other_engine"}, [s for s in explanation.steps if s.code == "as_stored"]
    assert all(step.sentence and "%(" not in step.sentence for step in explanation.steps)


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
@pytest.mark.parametrize("digits", [0, 2, 3])
def test_every_amount_of_generated_documents_is_explained_truly(profile, digits):
    market, random = Market(digits), Random(f"why {profile} {digits}")
    for _ in range(4):
        sale = market.sell(random, profile)

        assert_true_and_complete(*explained(sale.quote))
        assert_true_and_complete(*explained(sale.order, origin_of_order))
        for document in (*sale.invoices, *sale.notes):
            assert_true_and_complete(*explained(document, origin_of_invoice))
