"""What customers type on their page, checked and answered in their language."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict

from quotes.customer_sheet import CustomerSheet
from quotes.wording import PageWords


class CustomerForm(forms.Form):
    """A form that speaks the language of the quote."""

    def __init__(self, words: PageWords, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            field.error_messages["required"] = words(f"{name}_missing") if field.required else ""
            field.error_messages["invalid"] = words(f"{name}_wrong") if name == "email" else ""
            for validator in field.validators:
                if getattr(validator, "code", "") == "max_length":
                    validator.message = words("too_long")


class AcceptanceForm(CustomerForm):
    """The signature: a typed name, and the yes to the terms."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))
    customer_po = forms.CharField(
        max_length=60, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    terms = forms.BooleanField()

    def clean_name(self) -> str:
        """A name, not a letter."""
        name: str = self.cleaned_data["name"]
        if sum(character.isalpha() for character in name) < 2:
            raise forms.ValidationError(self.words("name_missing"), code="required")
        return name


class QuestionForm(CustomerForm):
    """A question to the whole quote, or to one of its lines."""

    line = forms.ChoiceField(required=False)
    question = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, sheet: CustomerSheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(sheet.words, *args, **kwargs)
        lines = [(str(line.key), line.description) for line in sheet.lines if not line.is_text]
        self.fields["line"].choices = [("", sheet.words("about_all")), *lines]  # type: ignore[attr-defined]


class DeclineForm(CustomerForm):
    """Why not; nobody has to say."""

    reason = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 4}))


def seen_total(data: QueryDict) -> Decimal | None:
    """The total that the page showed last, as the form carries it."""
    try:
        return Decimal(data.get("seen_total", ""))
    except InvalidOperation:
        return None
