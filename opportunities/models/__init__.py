"""Opportunities: possible sales on their way through a pipeline."""

from opportunities.models.course import DealMember, OpportunityClose, Rival, StageVisit, Stakeholder
from opportunities.models.deals import REASONS, Opportunity, OpportunityLine, has_no_order, orders_in_the_way
from opportunities.models.pipelines import Competitor, LossReason, Pipeline, Stage
from opportunities.models.qualifications import LeadQualification
from opportunities.models.tallies import Tally

__all__ = [
    "REASONS", "Competitor", "DealMember", "LeadQualification", "LossReason", "Opportunity", "OpportunityClose",
    "OpportunityLine", "Pipeline", "Rival", "Stage", "StageVisit", "Stakeholder", "Tally", "has_no_order",
    "orders_in_the_way",
]  # fmt: skip
