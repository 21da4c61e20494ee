"""Long work of the kernel, found by workers: exports of lists, acting on many rows, added fields."""

from kernel.customfields import runners as custom_fields
from kernel.tables import bulk_run, export

__all__ = ["bulk_run", "custom_fields", "export"]
