"""Choosing a customer by typing: a number, a name, or enough of it; suggestions come while typing."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import Account, Contact
from customers.selectors import account_named, contact_named, suggestions
from kernel.jinja import url

LONGEST_NAME = 300
NAMED = {"account": account_named, "contact": contact_named}


class SuggestInput(forms.TextInput):
    """A text box with a list of suggestions that the server keeps fitting; without JavaScript the latest."""

    def __init__(self, kind: str) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})
        self.kind = kind
        self.user: Any = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box and its list."""
        options = f"{(attrs or {}).get('id', name)}_options"
        own = {
            "list": options,
            "hx-get": url(f"customers:{self.kind}-options"),
            "hx-target": "next datalist",  # in a dialog ids are other ones
            "hx-trigger": "input changed delay:150ms",
            "hx-sync": "this:replace",
            "hx-params": name,
            "hx-push-url": "false",
        }
        box = super().render(name, value, {**(attrs or {}), **own}, renderer)
        return format_html(
            '{}<datalist id="{}">{}</datalist>', box, options, option_list(self.kind, "", self.user)
        )


class CustomerField(forms.CharField):
    """An account or a contact that the person may see, by what they call it."""

    widget: Any

    def __init__(self, kind: str, *, label: Any, required: bool = False, hint: Any = "") -> None:
        super().__init__(
            label=label, required=required, help_text=hint, widget=SuggestInput(kind), max_length=LONGEST_NAME
        )
        self.kind = kind
        self.user: Any = None
        self.current: Account | Contact | None = None

    def serve(self, user: Any, current: Account | Contact | None = None) -> None:
        """Set for whom the field looks, and what stands in it now."""
        self.user, self.widget.user = user, user
        self.current = current

    def prepare_value(self, value: Any) -> Any:
        return called(value) if isinstance(value, Account | Contact) else value

    def clean(self, value: Any) -> Any:
        """The record meant; what stood there already stays allowed."""
        text = super().clean(value)
        if not text:
            return None
        if self.current is not None and text == called(self.current):
            return self.current
        found = NAMED[self.kind](text, self.user)
        if found is None:
            raise forms.ValidationError(
                _("Nothing clear found for “%(text)s”. Type the number, or more of the name.")
                % {"text": text},
                code="not_found",
            )
        return found


def called(record: Account | Contact) -> str:
    """How a customer is written so that people know them and the field finds them again."""
    return f"{record.number} {record.name}"


def option_list(kind: str, text: str, user: Any) -> SafeString:
    """The suggestions for what was typed so far."""
    return format_html_join(
        "", '<option value="{}">', ((called(record),) for record in suggestions(kind, text, user))
    )
