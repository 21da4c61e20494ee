"""What opportunities offer to the lists of the apps below."""

from django.utils.translation import gettext_lazy as _

from kernel.tables.bulk import BulkAction, offer


def offer_qualifying() -> None:
    """Many leads can be qualified at once, each for itself."""
    act = "opportunities.actions.qualify_lead"
    offer(BulkAction("qualify", _("Qualify"), "qualify", act=act, icon="check-check"), "lead")
