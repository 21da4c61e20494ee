"""What can be done about duplicates: merge records, part them again, decide about pairs, publish rules."""

from duplicates.actions.merging import merge
from duplicates.actions.pairs import ignore_pair, reopen_pair
from duplicates.actions.parting import unmerge

__all__ = ["ignore_pair", "merge", "reopen_pair", "unmerge"]
