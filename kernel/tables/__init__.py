"""Lists: one declaration of columns, filters and order serves page, export, API, saved views and bulk actions."""

from kernel.tables.bulk import BulkAction, offer
from kernel.tables.columns import Column, Virtual
from kernel.tables.editing import Editing
from kernel.tables.filters import BooleanFilter, ChoiceFilter, Filter, OwnerFilter, StatusFilter
from kernel.tables.page import Table, TablePage

__all__ = [
    "BooleanFilter",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "Editing",
    "Filter",
    "OwnerFilter",
    "StatusFilter",
    "Table",
    "TablePage",
    "Virtual",
    "offer",
]
