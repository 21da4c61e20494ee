"""The letter to the customer, as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quotes.actions.sharing import Letter


class LetterForm(forms.Form):
    """To whom, in which words, and what goes along."""

    to = forms.CharField(
        label=_("To"),
        max_length=1000,
        help_text=_("E-mail addresses, with commas between several."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "email"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    message = forms.CharField(
        label=_("Message"),
        max_length=10_000,
        help_text=_("{link} becomes the customer's own address of the quote."),
        widget=forms.Textarea({"rows": 12}),
    )
    attach_pdf = forms.BooleanField(label=_("Attach the quote as PDF"), required=False)
    with_link = forms.BooleanField(
        label=_("With a link to read, ask and accept; it can be revoked"), required=False
    )

    @classmethod
    def starting_from(cls, letter: Letter, data: Any) -> "LetterForm":
        """The form with the usual words in it."""
        usual = {name: getattr(letter, name) for name in cls.base_fields}
        return cls(data, initial=usual)

    def letter(self) -> Letter:
        """What was written."""
        return Letter(**self.cleaned_data)
