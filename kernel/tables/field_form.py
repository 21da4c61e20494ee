"""One field given the same value in many records: which field, then which value, by the record's own form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.customfields.definitions import FORM_PREFIX
from kernel.errors import DomainError
from kernel.tables import rights
from kernel.tables.bulk import BulkAction
from kernel.tables.registry import table_of

VALUE, FIELD, ASKED = "new_value", "field", "asked"


def editing_table(model: Any) -> Any:
    """The list whose cells can be changed, of a kind of record."""
    table = table_of(model)
    return table if table is not None and table.editing is not None else None


class FieldForm(forms.Form):
    """Asks for the field first, and for its value once that is known."""

    field = forms.ChoiceField(label=_("Field"))

    def __init__(self, data: Any = None, *, user: Any, model: Any) -> None:
        picked = "" if data is None else str(data.get(FIELD, ""))
        # A checkbox that is not ticked says nothing at all: only a form that showed the field has asked for its value.
        self.waits = data is not None and data.get(ASKED) != picked
        if data is not None:
            data = data.copy()
            data[ASKED] = picked
        super().__init__(data)
        table = editing_table(model)
        columns = {c.edit: c for c in table.columns_for(user) if c.edit and not c.main}
        whole = table.editing.form_class()(instance=model(), user=user)
        choice: Any = self.fields[FIELD]
        choice.choices = [(name, column.label) for name, column in columns.items() if name in whole.fields]
        if picked in dict(choice.choices):
            self.fields[VALUE] = whole.fields[picked]
            self.fields[VALUE].label = columns[picked].label
            self.fields[ASKED] = forms.CharField(widget=forms.HiddenInput, required=False)

    def is_valid(self) -> bool:
        return not self.waits and super().is_valid() and VALUE in self.fields

    @property
    def errors(self) -> Any:
        """Nothing is wrong as long as the value was not asked for yet."""
        return forms.utils.ErrorDict() if self.waits else super().errors


def set_field(record: Any, *, by: Any, field: str, new_value: Any, asked: str = "") -> Any:
    """Give one field of a record a value, by the action of its form."""
    table = editing_table(type(record))
    if table is None or field not in {column.edit for column in table.columns_for(by)}:
        raise DomainError(_("This cannot be changed here."), code="read_only_field")
    values = {field: new_value}
    if field.startswith(FORM_PREFIX):
        values = {"custom": {field.removeprefix(FORM_PREFIX): new_value}}
    return table.editing.action()(record, by=by, **values)


EDIT = BulkAction(
    "edit", _("Edit a field"), "change", act=set_field, form=FieldForm, icon="pencil",
    hint=_("The same value for all of them."),
)  # fmt: skip
EXPORT = BulkAction("export", _("Export"), "export", page="lists:export", icon="download")

__all__ = ["EDIT", "EXPORT", "FieldForm", "editing_table", "rights", "set_field"]
