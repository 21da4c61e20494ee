"""Whatever people do to a lead in whatever order: it stays in a legal state, and the history tells it all."""

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import history
from kernel.errors import DomainError
from kernel.models import OutboxMessage
from leads.actions import change_lead, contact_lead, create_lead, disqualify_lead, reopen_lead
from leads.models import Lead
from opportunities.actions import qualify_lead
from opportunities.qualifying import Choices, NewOpportunity
from tests.factories import CurrencyFactory, StageFactory, UserFactory

STEPS = {
    "contact": lambda lead, by: contact_lead(lead, by=by),
    "disqualify": lambda lead, by: disqualify_lead(lead, by=by, reason="canceled"),
    "reopen": lambda lead, by: reopen_lead(lead, by=by),
    "qualify": lambda lead, by: qualify_lead(lead, by=by),
    "qualify anyway": lambda lead, by: qualify_lead(
        lead, by=by, choices=Choices(opportunity=NewOpportunity(), reason="again")
    ),
    "change": lambda lead, by: change_lead(lead, by=by, need="More"),
}
AFTER = {"contact": "open", "disqualify": "disqualified", "reopen": "open", "qualify": "qualified"}


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.booleans()), max_size=8))
def test_any_sequence_of_steps_keeps_the_law(db, plan):
    CurrencyFactory()
    StageFactory()
    seller, stranger = UserFactory(), UserFactory()
    lead = create_lead(by=seller, topic="T", last_name="Long", company="Borg GmbH")

    for step, by_stranger in plan:
        before = Lead.objects.get(pk=lead.pk)
        told, news = history.of(lead).count(), OutboxMessage.objects.count()
        try:
            STEPS[step](lead, stranger if by_stranger else seller)
        except (DomainError, PermissionDenied):
            now = Lead.objects.get(pk=lead.pk)
            assert (now.status, now.status_reason, now.version) == (
                before.status, before.status_reason, before.version,
            )  # fmt: skip
            assert (history.of(lead).count(), OutboxMessage.objects.count()) == (told, news)
            continue
        assert not by_stranger
        now = Lead.objects.get(pk=lead.pk)
        assert now.status == AFTER.get(step.split()[0], before.status)
        assert now.status_reason in Lead.REASONS[now.status]
        assert history.of(lead).count() - told == (step != "change" or before.need != "More")

    assert (lead.opportunities.count() > 0) >= (Lead.objects.get(pk=lead.pk).status == "qualified")
