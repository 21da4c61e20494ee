"""What lists offer for several rows: making one of them."""

from django.utils.translation import gettext_lazy as _

from duplicates.choices import MOST_RECORDS
from duplicates.matchable import matchable_models
from kernel.tables.bulk import BulkAction, offer

offer(
    BulkAction(
        "merge", _("Merge"), "merge", page="duplicates:merge", icon="merge", least=2, most=MOST_RECORDS
    ),
    *(model._meta.model_name or "" for model in matchable_models().values()),
)
