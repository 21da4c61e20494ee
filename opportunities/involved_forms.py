"""Who has to do with a deal, as people say it: a person with a say, a competitor, a colleague."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from opportunities.involved_actions import LONGEST_NOTE, LONGEST_ROLE
from opportunities.models import Competitor, Opportunity, Stakeholder
from people.models import User
from people.selectors import colleagues

MOST_OFFERED = 200


class WordsInput(forms.TextInput):
    """A text box with words to choose from; any other words will do as well."""

    def __init__(self, words: Callable[[], Iterable[Any]]) -> None:
        super().__init__({"autocomplete": "off"})
        self.words = words

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = f"{(attrs or {}).get('id', name)}_options"
        box = super().render(name, value, {**(attrs or {}), "list": options}, renderer)
        rows = format_html_join("", '<option value="{}">', ((word,) for word in self.words()))
        return format_html('{}<datalist id="{}">{}</datalist>', box, options, rows)


def competitor_names() -> Iterable[str]:
    """The competitors in use, by name."""
    return Competitor.objects.filter(is_active=True).values_list("name", flat=True)[:MOST_OFFERED]


class StakeholderForm(forms.Form):
    """A person with a say in the deal."""

    contact = CustomerField("contact", label=_("Contact"), required=True)
    role = forms.CharField(
        label=_("Role"),
        required=False,
        max_length=LONGEST_ROLE,
        widget=WordsInput(lambda: Stakeholder.Role.labels),
        help_text=_("One of these, or your own words."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact: Any = self.fields["contact"]
        contact.serve(user)


class RivalForm(forms.Form):
    """A competitor who wants the deal too."""

    competitor = forms.CharField(label=_("Competitor"), max_length=100, widget=WordsInput(competitor_names))
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_NOTE)


class MemberForm(forms.Form):
    """A colleague who works on the deal too."""

    user = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Colleague"))
    role = forms.CharField(
        label=_("Part in the deal"), required=False, max_length=LONGEST_ROLE,
        help_text=_("For example presales, sponsor, credit."),
    )  # fmt: skip

    def __init__(self, *args: Any, opportunity: Opportunity, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = colleagues(by, "opportunity").exclude(pk=opportunity.owner_id or 0)
