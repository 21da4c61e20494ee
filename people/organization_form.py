"""The organization as the back office edits it."""

from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.printing import languages
from people.logos import LARGEST, kind_of_logo
from people.models import Organization


def language_choices() -> list[tuple[str, str]]:
    """The languages that documents can be printed in, each in its own words."""
    return [(code, Locale.parse(code).get_display_name() or code) for code in languages()]


class OrganizationForm(forms.ModelForm[Organization]):
    """The one organization, with its logo as an upload."""

    upload = forms.FileField(
        label=_("New logo"),
        required=False,
        help_text=_("PNG, JPEG or a plain SVG of at most 500 kB; replaces the one there is."),
    )
    remove_logo = forms.BooleanField(label=_("Print no logo"), required=False)
    language = forms.ChoiceField(label=_("Language of documents"), choices=language_choices)

    class Meta:
        model = Organization
        fields = (
            "name", "street", "postcode", "city", "region", "country", "email", "phone", "website", "tax_number",
            "register_entry", "bank_details", "accent", "paper", "language", "footer_line", "quote_terms",
            "order_terms", "invoice_terms",
        )  # fmt: skip
        widgets = {
            "register_entry": forms.Textarea(attrs={"rows": 3}),
            "bank_details": forms.Textarea(attrs={"rows": 4}),
        }

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload is None:
            return None
        if upload.size > LARGEST:
            raise ValidationError(_("The logo may have at most 500 kB."))
        self.logo = upload.read()
        self.logo_type = kind_of_logo(self.logo)
        return upload

    def save(self, commit: bool = True) -> Organization:
        if hasattr(self, "logo"):
            self.instance.logo, self.instance.logo_type = self.logo, self.logo_type
        elif self.cleaned_data["remove_logo"]:
            self.instance.logo, self.instance.logo_type = b"", ""
        self.instance.pk = Organization.ONLY
        return super().save(commit)
