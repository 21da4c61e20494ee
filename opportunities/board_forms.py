"""What people say about a board."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opportunities.board_cards import FIELDS, MOST_FIELDS, fields_on
from opportunities.models import Pipeline


class CardFieldsForm(forms.Form):
    """Which fields the cards of a pipeline tell, besides the name of the deal."""

    def __init__(self, *args: Any, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields"] = forms.MultipleChoiceField(
            label=_("Cards tell"),
            choices=list(FIELDS.items()),
            widget=forms.CheckboxSelectMultiple,
            initial=fields_on(pipeline),
            help_text=_("Besides the name; up to %(most)s.") % {"most": MOST_FIELDS},
        )

    def clean(self) -> dict[str, Any]:
        """A card has room for so many."""
        values = super().clean() or {}
        if len(values.get("fields", [])) > MOST_FIELDS:
            self.add_error("fields", _("Choose up to %(most)s.") % {"most": MOST_FIELDS})
        return values
