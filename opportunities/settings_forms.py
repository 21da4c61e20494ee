"""The shape of what administrators say about pipelines, stages, loss reasons and competitors."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.forms import RecordForm
from opportunities.checklist import askable_fields
from opportunities.models import Competitor, LossReason, Pipeline, Stage
from opportunities.settings_counts import Standing


class PipelineForm(RecordForm):
    """What a pipeline is called; a new one may begin like another."""

    like = forms.ModelChoiceField(
        label=_("Stages"), queryset=Pipeline.objects.filter(is_active=True), required=False,
        empty_label=_("None yet"), help_text=_("A new pipeline gets the stages of this one; change them later."),
    )  # fmt: skip

    class Meta:
        model = Pipeline
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["like"]
        else:
            field: Any = self.fields["like"]
            field.label_from_instance = lambda pipeline: _("Like “%(name)s”") % {"name": pipeline.name}
            field.initial = next((one.pk for one in field.queryset if one.is_default), None)


class StageForm(RecordForm):
    """What a stage means, and what it asks for."""

    follow = forms.TypedChoiceField(
        label=_("Open deals"), required=False, widget=forms.RadioSelect, empty_value=None,
        choices=[("yes", _("follow: they get the new values")), ("no", _("keep the values they have"))],
        coerce=lambda said: said == "yes",
    )  # fmt: skip

    class Meta:
        model = Stage
        fields = ("name", "probability", "forecast", "rots_after_days")

    def __init__(self, *args: Any, standing: Standing | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["probability"].max_value = 100
        fields["probability"].widget.attrs |= {"min": "0", "max": "100"}
        fields["rots_after_days"].help_text = _(
            "After so many days in this stage a deal is marked; empty: never."
        )
        asked = self.instance.required_fields if self.instance.pk else []
        advised = self.instance.advised_fields if self.instance.pk else []
        fields["required_fields"] = chooser(_("Required to enter this stage"), asked)
        fields["advised_fields"] = chooser(_("Advised in this stage"), advised)
        if standing is None or not standing.follow_either:
            del self.fields["follow"]

    def clean(self) -> dict[str, Any]:
        """What is required need not be advised as well."""
        values = super().clean()
        required = set(values.get("required_fields", []))
        values["advised_fields"] = [name for name in values.get("advised_fields", []) if name not in required]
        return values


def chooser(label: Any, chosen: Iterable[str]) -> forms.MultipleChoiceField:
    """Boxes for everything that stages may ask for; what is asked for and known no longer keeps its box."""
    known = [(name, str(words)[:1].upper() + str(words)[1:]) for name, words in askable_fields()]
    lost = [(name, name) for name in chosen if name not in dict(known)]
    return forms.MultipleChoiceField(
        label=label, choices=[*known, *lost], required=False, initial=list(chosen),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class StageChoice(forms.ModelChoiceField):
    """A stage with the pipeline it belongs to."""

    def label_from_instance(self, stage: Any) -> str:
        return f"{stage.pipeline}: {stage}"


class WhereToForm(forms.Form):
    """Where the open deals of what is retired go."""

    to = StageChoice(label=_("Its open deals go to"), queryset=Stage.objects.none())

    def __init__(self, *args: Any, stages: Any, deals: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = stages
        if not deals:
            del self.fields["to"]


class LossReasonForm(RecordForm):
    """Why deals are lost."""

    class Meta:
        model = LossReason
        fields = ("name", "status_reason")
        labels = {"status_reason": _("Falls under")}
        help_texts = {"status_reason": _("Out-sold: they bought elsewhere. Canceled: they buy nothing.")}


class CompetitorForm(RecordForm):
    """What is known of a competitor."""

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Competitor
        fields = ("name", "website", "strengths", "weaknesses")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("strengths", "weaknesses"):
            self.fields[name].widget.attrs["rows"] = 4
