"""Quotes: formal offers with lines, prices and terms; the links customers open them by, and who approved them."""

from quotes.models.acceptance import Acceptance
from quotes.models.approvals import Approval
from quotes.models.links import CustomerLink
from quotes.models.quote import Quote, QuoteLine
from quotes.models.rules import ApprovalRule

__all__ = ["Acceptance", "Approval", "ApprovalRule", "CustomerLink", "Quote", "QuoteLine"]
