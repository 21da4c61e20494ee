"""Lists: one declaration of columns, filters and order serves page, export, API and saved views."""

from kernel.tables.columns import Column
from kernel.tables.filters import BooleanFilter, ChoiceFilter, Filter, OwnerFilter, StatusFilter
from kernel.tables.page import Table, TablePage

__all__ = [
    "BooleanFilter",
    "ChoiceFilter",
    "Column",
    "Filter",
    "OwnerFilter",
    "StatusFilter",
    "Table",
    "TablePage",
]
