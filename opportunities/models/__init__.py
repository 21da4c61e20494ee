"""Opportunities: possible sales on their way through a pipeline."""

from opportunities.models.course import OpportunityClose, StageVisit, Stakeholder
from opportunities.models.deals import REASONS, Opportunity, OpportunityLine, has_no_order
from opportunities.models.pipelines import LossReason, Pipeline, Stage
from opportunities.models.qualifications import LeadQualification

__all__ = [
    "REASONS", "LeadQualification", "LossReason", "Opportunity", "OpportunityClose", "OpportunityLine", "Pipeline",
    "Stage", "StageVisit", "Stakeholder", "has_no_order",
]  # fmt: skip
