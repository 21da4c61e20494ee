"""What can be done to many records of the office at once: given to somebody, put into the recycle bin."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kernel.tables.bulk import BulkAction, offer
from people.access import kind_of
from people.models import User
from people.removing import removable, remove_record
from people.selectors import colleagues


class OwnerForm(forms.Form):
    """Who works on them from now on."""

    owner: Any = forms.ModelChoiceField(queryset=None, label=_("Owner"))

    def __init__(self, data: Any = None, *, user: Any, model: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["owner"]
        field.queryset = colleagues(user, kind_of(model))


def handing_over(change: str) -> Callable[..., Any]:
    """Give a record to somebody by the action that changes it."""

    def hand_over(record: Any, *, by: User, owner: User) -> Any:
        return import_string(change)(record, by=by, owner=owner, team=owner.team)

    return hand_over


ASSIGNED_BY = {
    "lead": "leads.actions.assign_lead",
    "opportunity": "opportunities.actions.assign_opportunity",
    "quote": "quotes.actions.change_quote",
    "order": "orders.actions.change_order",
    "invoice": "invoices.actions.change_invoice",
    "account": "customers.actions.change_account",
    "contact": "customers.actions.change_contact",
    "activity": "activities.actions.change_activity",
}
for kind, action in ASSIGNED_BY.items():
    verb = "change" if kind in ("account", "contact") else "assign"
    given = BulkAction(
        "assign", _("Assign"), verb, act=handing_over(action), form=OwnerForm, icon="user-check"
    )
    offer(given, kind)

DELETE = BulkAction(
    "delete", _("Delete"), "delete", act=remove_record, icon="trash-2", danger=True,
    hint=_("They go to the recycle bin and can be restored from there."),
)  # fmt: skip
for kind in removable():
    offer(DELETE, kind)
