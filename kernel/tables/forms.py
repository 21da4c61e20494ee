"""What people say about views and columns of a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.tables.asked import Asked
from kernel.tables.columns import Column
from kernel.tables.view_actions import audiences_for


class ViewForm(forms.Form):
    """The name of a view, who sees it, and what it is to oneself; of somebody else's view only the latter."""

    name = forms.CharField(label=_("Name"), max_length=80)
    audience = forms.ChoiceField(label=_("Who sees it"), widget=forms.RadioSelect, initial="private")
    pinned = forms.BooleanField(label=_("Pin it beside the menu"), required=False)
    default = forms.BooleanField(label=_("Open the list with it"), required=False)

    def __init__(self, *args: Any, user: Any, own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["audience"]
        offered.choices = audiences_for(user)
        if (now := self.initial.get("audience")) and now not in dict(offered.choices):
            offered.choices = [*offered.choices, (now, now)]
        if not own:
            del self.fields["name"], self.fields["audience"]


class ColumnsForm:
    """The columns of a list in order, each shown or not; buttons move them, and the rest waits until it is sent."""

    def __init__(self, data: Any, *, asked: Asked) -> None:
        self.data = data
        self.known = asked.columns_known
        shown = [column.name for column in asked.columns]
        self.order = [*shown, *(name for name in self.known if name not in shown)]
        self.picked = set(shown)
        if data is not None:
            said = [name for name in data.getlist("order") if name in self.known]
            self.order = [*said, *(name for name in self.order if name not in said)]
            self.picked = {name for name in data.getlist("shown") if name in self.known}
            self._arrange(data.get("move", ""))

    @property
    def is_being_arranged(self) -> bool:
        """Whether a button moved a column and more may follow."""
        return self.data is not None and bool(self.data.get("move"))

    def _arrange(self, move: str) -> None:
        direction, _colon, name = move.partition(":")
        if name not in self.order:
            return
        at = self.order.index(name)
        to = {"up": at - 1, "down": at + 1}.get(direction, at)
        if 0 <= to < len(self.order):
            self.order.insert(to, self.order.pop(at))

    @property
    def rows(self) -> list[tuple[Column, bool]]:
        """Every column with whether it is shown; the one that names the record always is."""
        return [(self.known[name], name in self.picked or self.known[name].main) for name in self.order]

    @property
    def chosen(self) -> list[str]:
        """The columns to show; none where they are to be as declared."""
        if self.data is not None and self.data.get("reset"):
            return []
        names = [column.name for column, shown in self.rows if shown]
        usual = [column.name for column in self.known.values() if column.shown]
        return [] if names == usual else names
