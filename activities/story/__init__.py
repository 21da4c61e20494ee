"""The story of a record, or of its whole chain: what happened, newest first, in a constant number of queries."""

from activities.story.entries import Entry, folded
from activities.story.pages import EVERY, SHOWN, Page, read, timeline

__all__ = ["EVERY", "SHOWN", "Entry", "Page", "folded", "read", "timeline"]
