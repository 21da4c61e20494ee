"""The form that visitors meet: built from what an administrator asks for, with what tells people from machines.

No third party is asked: a field that only machines fill in, a signed moment that says how long it took, and what spam
looks like. Whatever is suspected is kept for a person to look at.
"""

import re
from typing import Any

from babel import Locale
from django import forms
from django.core import signing
from django.core.validators import MaxLengthValidator
from django.forms.models import fields_for_model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.models import fold
from leads.models import Lead, WebForm
from leads.web_models import ASKABLE

TRAP = "homepage"  # people do not see it, machines fill it in
TIMER = "began"
CONSENT = "consent"
QUICKEST = 3  # seconds
LONGEST_OPEN = 24 * 60 * 60
MOST_LINKS = 2
LONGEST_TEXT = 5000
NOWHERE = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # regions that are no countries
MARKUP = re.compile(r"\[url|\[link|<a\s|href\s*=", re.IGNORECASE)
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
TOKENS = {
    "first_name": "given-name", "last_name": "family-name", "company": "organization",
    "job_title": "organization-title", "email": "email", "phone": "tel", "mobile": "tel", "website": "url",
    "street": "street-address",
    "postcode": "postal-code", "city": "address-level2", "region": "address-level1", "country": "country",
}  # fmt: skip
ASKED_AS = {"need": _("Your message"), "timeframe": _("When do you need it"), "estimated_value": _("Budget")}
KINDS = {"email": "email", "phone": "tel", "mobile": "tel", "website": "text"}

WHY = {
    "trap": _("filled in the field that people do not see"),
    "too_fast": _("sent within seconds"),
    "broken_timer": _("changed the signed moment"),
    "no_timer": _("came from another page, which the form does not allow"),
    "links": _("contains several links"),
    "markup": _("contains markup"),
}


class VisitorForm(forms.Form):
    """What an administrator asks visitors for."""

    def __init__(self, web_form: WebForm, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "f_%s")
        super().__init__(*args, **kwargs)
        self.web_form = web_form
        columns = fields_for_model(Lead, fields=ASKABLE)
        for name in [name for name in ASKABLE if name in web_form.fields]:
            self.fields[name] = asked(name, columns[name], web_form.fields[name])
        if web_form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(
                label=web_form.consent_text, required=web_form.consent_required
            )

    def values(self) -> dict[str, Any]:
        """What was typed into the fields that were asked for."""
        return {name: self.cleaned_data[name] for name in self.fields if name != CONSENT}

    @property
    def consent(self) -> bool:
        return bool(self.cleaned_data.get(CONSENT))

    def suspicions(self) -> list[str]:
        """What speaks for a machine."""
        found = timing(self.web_form, str(self.data.get(TIMER, "")))
        if str(self.data.get(TRAP, "")).strip():
            found.append("trap")
        text = " ".join(
            str(value) for name, value in self.cleaned_data.items() if name not in ("website", CONSENT)
        )
        if len(LINK.findall(text)) > MOST_LINKS:
            found.append("links")
        if MARKUP.search(text):
            found.append("markup")
        return found


def asked(name: str, column: Any, wanted: dict[str, Any]) -> forms.Field:
    """One field of the lead as visitors are asked for it."""
    column.required = bool(wanted.get("required"))
    column.label = wanted.get("label") or ASKED_AS.get(name) or capitalized(str(column.label))
    column.help_text = ""
    attrs = column.widget.attrs
    if token := TOKENS.get(name):
        attrs["autocomplete"] = token
    if kind := KINDS.get(name):
        column.widget.input_type = kind
    if name == "need":
        attrs["rows"] = 5
        column.validators.append(MaxLengthValidator(LONGEST_TEXT))
    if name == "timeframe":
        column.choices = [("", ""), *Lead.Timeframe.choices]
    if name == "country":
        return forms.ChoiceField(label=column.label, required=column.required, choices=countries)
    return column  # type: ignore[no-any-return]


def countries() -> list[tuple[str, str]]:
    """The countries of the world in the visitor's language."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    known = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in NOWHERE
    ]
    return [("", ""), *sorted(known, key=lambda each: fold(each[1]))]


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def signer(web_form: WebForm) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"leads.web.{web_form.key}")


def timer(web_form: WebForm) -> str:
    """The moment at which the form was shown, signed for this form."""
    return signer(web_form).sign("shown")


def timing(web_form: WebForm, text: str) -> list[str]:
    """What the moment tells: plain forms on other pages have none, and one that is very old says nothing."""
    if not text:
        return [] if web_form.embeds else ["no_timer"]
    try:
        signer(web_form).unsign(text, max_age=LONGEST_OPEN)
    except signing.SignatureExpired:
        return []
    except signing.BadSignature:
        return ["broken_timer"]
    return ["too_fast"] if is_younger(web_form, text) else []


def is_younger(web_form: WebForm, text: str) -> bool:
    """Whether the form was shown less than a few seconds ago."""
    try:
        signer(web_form).unsign(text, max_age=QUICKEST)
    except signing.SignatureExpired:
        return False
    return True
