"""The shape of what administrators say about rating, assigning and web forms."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.customfields import fields_of
from kernel.forms import RecordForm
from leads.models import AssignmentRule, Lead, ScoreRule, WebForm
from leads.scoring import CUSTOM, FACTS
from leads.web_models import ASKABLE
from people.models import Role, User


def custom_choices() -> list[tuple[str, Any]]:
    """The custom fields of leads."""
    return [(field.name, field.label) for field in fields_of(Lead)]


class ScoreRuleForm(RecordForm):
    """One reason that counts."""

    class Meta:
        model = ScoreRule
        fields = ("name", "fact", "test", "value", "points", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, capitalized(fact.label)) for name, fact in FACTS.items()]
        custom = [(f"{CUSTOM}{name}", label) for name, label in custom_choices()]
        now = self.instance.fact
        lost = [(now, now)] if now and now not in dict([*known, *custom]) else []
        self.fields["fact"] = forms.ChoiceField(label=_("Fact"), choices=[*known, *custom, *lost])
        self.fields["value"].help_text = _(
            "A number, a number of days, or one or several values separated by commas."
        )
        self.fields["points"].help_text = _("From -100 to 100; what speaks against a lead is negative.")


def capitalized(text: Any) -> str:
    return str(text)[:1].upper() + str(text)[1:]


class WordsField(forms.CharField):
    """Several values, separated by commas or lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=2000, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [word for part in re.split(r"[,;\n]", text) if (word := part.strip())]


class AssignmentRuleForm(RecordForm):
    """Who gets which leads."""

    sources = forms.MultipleChoiceField(
        label=_("Source"),
        choices=Lead.Source.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: any."),
    )
    countries = WordsField(label=_("Country"), help_text=_("Codes such as DE, AT, CH."))
    regions = WordsField(label=_("Region"))
    postcodes = WordsField(
        label=_("Postcode"), help_text=_("How it begins: 70, or 70-74 for all from 70 to 74.")
    )
    industries = WordsField(label=_("Industry"), help_text=_("Words it contains."))
    left_out: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Get none for now"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("People who are away. Everybody else of the team gets leads in turn."),
    )  # fmt: skip

    class Meta:
        model = AssignmentRule
        fields = (
            "name", "is_active", "sources", "countries", "regions", "postcodes", "industries", "value_from",
            "value_up_to", "custom_name", "custom_value", "target", "user", "team",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_service=False).order_by(
            "first_name", "last_name", "pk"
        )
        fields: dict[str, Any] = self.fields
        fields["user"].queryset = people
        fields["left_out"].queryset = people.filter(role=Role.SALESPERSON)
        if self.instance.pk:
            self.initial["left_out"] = [one.pk for one in self.instance.left_out.all()]
        custom = custom_choices()
        now = self.instance.custom_name
        if now and now not in dict(custom):
            custom.append((now, now))
        fields["custom_name"] = forms.ChoiceField(
            label=_("Custom field"), required=False, choices=[("", _("Any")), *custom]
        )

    def clean_countries(self) -> list[str]:
        """Codes of two letters."""
        codes: list[str] = [code.upper() for code in self.cleaned_data["countries"]]
        if wrong := [code for code in codes if not re.fullmatch(r"[A-Z]{2}", code)]:
            raise forms.ValidationError(_("Not a code of two letters: %s") % ", ".join(wrong)[:80])
        return codes


class WebFormForm(RecordForm):
    """What a web form asks for, says, and does with the answers."""

    source = forms.ChoiceField(label=_("Source"), choices=Lead.Source.choices, initial="web")
    thanks_url = forms.URLField(
        label=_("Thank-you page"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Where visitors go after sending. Empty: a page here."),
    )  # fmt: skip

    class Meta:
        model = WebForm
        fields = (
            "name", "is_active", "title", "intro", "button", "consent_text", "consent_required", "thanks_text",
            "thanks_url", "embeds", "topic", "source", "campaign", "owner", "team",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = User.objects.filter(is_active=True, is_service=False).order_by(
            "first_name", "last_name", "pk"
        )
        fields["owner"].help_text = _("Empty: the queue below, else the assignment rules.")
        fields["consent_text"].help_text = _("Beside a box to tick; empty: no box.")
        fields["embeds"].help_text = _("Without this, only the page here takes entries.")
        for name in ("intro", "consent_text", "thanks_text"):
            fields[name].widget.attrs["rows"] = 3
        for name in ASKABLE:
            self.ask_about(name)

    def ask_about(self, name: str) -> None:
        """Whether visitors are asked for this, and under which name."""
        wanted = self.instance.fields.get(name)
        words = capitalized(Lead._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        self.fields[f"use_{name}"] = forms.ChoiceField(
            label=words,
            choices=[("off", _("Not asked")), ("optional", _("Optional")), ("required", _("Required"))],
            initial="off" if wanted is None else "required" if wanted.get("required") else "optional",
        )
        self.fields[f"label_{name}"] = forms.CharField(
            label=_("Called"), required=False, max_length=80, initial=(wanted or {}).get("label", "")
        )

    @property
    def asked(self) -> list[tuple[Any, Any]]:
        """The fields one may ask for, as pairs of bound fields."""
        return [(self[f"use_{name}"], self[f"label_{name}"]) for name in ASKABLE]

    def wanted(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        fields = {
            name: {"required": given[f"use_{name}"] == "required", "label": given[f"label_{name}"]}
            for name in ASKABLE
            if given[f"use_{name}"] != "off"
        }
        return {name: given[name] for name in self._meta.fields or ()} | {"fields": fields}
