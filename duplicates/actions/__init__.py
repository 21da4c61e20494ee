"""What can be done about duplicates: merge records, part them again, decide about pairs, publish rules."""

from duplicates.actions.merging import merge
from duplicates.actions.pairs import ignore_pair, reopen_pair
from duplicates.actions.parting import unmerge
from duplicates.actions.ruling import publish_rule, retire_rule
from duplicates.actions.sweeping import start_sweep

__all__ = ["ignore_pair", "merge", "publish_rule", "reopen_pair", "retire_rule", "start_sweep", "unmerge"]
