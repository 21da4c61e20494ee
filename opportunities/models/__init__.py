"""Opportunities: possible sales on their way through a pipeline."""

from opportunities.models.deals import (
    REASONS,
    Opportunity,
    OpportunityClose,
    OpportunityLine,
    StageVisit,
    Stakeholder,
    has_no_order,
)
from opportunities.models.pipelines import LossReason, Pipeline, Stage

__all__ = [
    "REASONS", "LossReason", "Opportunity", "OpportunityClose", "OpportunityLine", "Pipeline", "Stage",
    "StageVisit", "Stakeholder", "has_no_order",
]  # fmt: skip
