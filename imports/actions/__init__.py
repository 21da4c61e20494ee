"""What can be done to an import: bring, match, correct, check, run, cancel, undo."""

from imports.actions.bringing import bring_file, read_otherwise
from imports.actions.checking import check_import, recheck_row
from imports.actions.preparing import correct_cell, match_columns
from imports.actions.running import cancel_import, delete_import, run_import
from imports.actions.undoing import undo_import

__all__ = [
    "bring_file", "cancel_import", "check_import", "correct_cell", "delete_import", "match_columns", "read_otherwise",
    "recheck_row", "run_import", "undo_import",
]  # fmt: skip
