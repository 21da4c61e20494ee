"""The list of e-mails."""

from django.utils.translation import gettext_lazy as _

from kernel.models import OutgoingMail
from kernel.tables import Column, StatusFilter, Table


class MailTable(Table):
    """E-mails, the newest first."""

    name, model, place = "mails", OutgoingMail, "people:mails"
    title = _("E-mails")
    columns = (
        Column("subject", _("Subject"), main=True),
        Column("record_ref", _("About")),
        Column("to", _("To")),
        Column("created_at", _("Written"), kind="datetime"),
        Column("state", _("State"), kind="badge"),
        Column("last_error", _("Cause")),
    )
    filters = (StatusFilter(OutgoingMail.State, name="state"),)
    default_order = "-id"
    searchable = False
