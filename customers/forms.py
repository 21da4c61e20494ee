"""The shape of what people say about accounts and contacts."""

from typing import Any, ClassVar

from babel import Locale, UnknownLocaleError
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from customers.models import Account, Contact
from customers.selectors import role_names
from kernel.forms import RecordForm
from kernel.printing import languages
from people.access import hidden_fields
from people.models import User
from people.selectors import colleagues

ADDRESS = ("street", "postcode", "city", "region", "country")


def language_choices(now: str = "") -> list[tuple[str, Any]]:
    """The languages documents are printed in, each by its own name, and the one there is; none: the organization's."""
    codes = sorted({*languages(), now} - {""})
    named = [(code, language_name(code)) for code in codes]
    return [("", _("The organization's")), *named]


def language_name(code: str) -> str:
    """What those who speak it call it; a code nobody knows stands for itself."""
    try:
        return Locale.parse(code, sep="-").get_display_name(code) or code
    except (ValueError, UnknownLocaleError):
        return code


class LanguageField(forms.ChoiceField):
    """The language a customer reads."""

    def __init__(self) -> None:
        super().__init__(label=_("Language of documents"), choices=language_choices, required=False)


class RoleInput(forms.TextInput):
    """A text box for the part somebody plays, with the organization's words for it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = f"{(attrs or {}).get('id', name)}_options"
        box = super().render(name, value, {**(attrs or {}), "list": options, "autocomplete": "off"}, renderer)
        words = format_html_join("", '<option value="{}">', ((role,) for role in role_names()))
        return format_html('{}<datalist id="{}">{}</datalist>', box, options, words)


class AccountForm(RecordForm):
    """Everything one may say about a company."""

    parent = CustomerField("account", label=_("Parent account"))
    primary_contact = CustomerField("contact", label=_("Primary contact"))
    language = LanguageField()

    class Meta:
        model = Account
        fields = (
            "name", "email", "phone", "website", "industry", "parent", "primary_contact", "owner", *ADDRESS,
            "tax_number", "tax_treatment", "currency", "price_list", "payment_terms", "credit_limit", "territory",
            "erp_code", "language",
        )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, "account", "parent", "primary_contact")
        for name in hidden_fields(user, "account") & self.fields.keys():
            del self.fields[name]


class ContactForm(RecordForm):
    """Everything one may say about a person."""

    account = CustomerField("account", label=_("Account"))
    language = LanguageField()

    class Meta:
        model = Contact
        fields = (
            "first_name", "last_name", "account", "job_title", "role", "email", "phone", "mobile", "do_not_email",
            "do_not_email_since", "do_not_email_how", "do_not_phone", "do_not_phone_since", "do_not_phone_how",
            "do_not_post", "do_not_post_since", "do_not_post_how", "language", "owner", *ADDRESS,
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"role": RoleInput}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, "contact", "account")


def offer(form: Any, user: Any, kind: str, *customers: str) -> None:
    """Let the form look and choose for this person: customers they may see, owners they work with."""
    if "language" in form.fields:
        form.fields["language"].choices = language_choices(form.instance.language)
    for name in customers:
        current = getattr(form.instance, name)
        form.fields[name].serve(user, current)
        if current is not None:
            form.initial[name] = current
    if "owner" in form.fields:
        now = User.objects.filter(pk=form.instance.owner_id)
        form.fields["owner"].queryset = colleagues(user, kind) | now.order_by("first_name", "last_name", "pk")
        if form.instance.pk is None:
            form.initial.setdefault("owner", user.pk)
