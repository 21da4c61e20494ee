"""What every list offers for many rows at once: one field changed, and taking them away as a file."""

from kernel.tables.bulk import offer
from kernel.tables.field_form import EDIT, EXPORT
from kernel.tables.registry import tables

for table in tables().values():
    if table.editing is not None:
        offer(EDIT, table.model._meta.model_name)
    offer(EXPORT, table.model._meta.model_name)
