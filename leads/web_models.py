"""Forms on the organization's web site, and what came in by them. Re-exported by ``leads.models``."""

import secrets
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import StateField, StatefulModel
from people.access import allows

# What a form may ask for: columns of the lead.
ASKABLE = (
    "first_name", "last_name", "company", "job_title", "email", "phone", "mobile", "website", "street",
    "postcode", "city", "region", "country", "industry", "timeframe", "estimated_value", "need",
)  # fmt: skip


def new_key() -> str:
    """A name that nobody guesses."""
    return secrets.token_urlsafe(9)


def usual_fields() -> dict[str, dict[str, Any]]:
    """What a new form asks for."""
    required = {"last_name", "email"}
    names = ("first_name", "last_name", "company", "email", "phone", "need")
    return {name: {"required": name in required, "label": ""} for name in names}


class WebForm(models.Model):
    """A form for visitors of a web site; what they send becomes a lead."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    is_active = models.BooleanField(_("takes entries"), default=True)
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("text above the form"), blank=True, default="")
    button = models.CharField(_("text on the button"), max_length=40, default="", blank=True)
    fields = models.JSONField(_("fields"), default=usual_fields)
    consent_text = models.TextField(_("consent"), blank=True, default="")
    consent_required = models.BooleanField(_("consent is required"), default=True)
    thanks_text = models.TextField(_("thanks"), blank=True, default="")
    thanks_url = models.URLField(_("thank-you page"), blank=True, default="", max_length=500)
    embeds = models.BooleanField(_("may stand on other pages"), default=True)
    topic = models.CharField(_("topic of the leads"), max_length=200)
    source = models.CharField(_("source"), max_length=30, default="web")
    campaign = models.CharField(_("campaign"), max_length=100, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("owner"),
    )  # fmt: skip
    team = models.ForeignKey(
        "people.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("queue of the team"),
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Somebody can be named, and people are sent on to web pages only."""
        unknown = set(self.fields) - set(ASKABLE)
        if unknown:
            raise ValidationError({"fields": _("A form cannot ask for %s.") % ", ".join(sorted(unknown))})
        if not any(self.fields.get(name, {}).get("required") for name in ("last_name", "company")):
            raise ValidationError({"fields": _("Require the last name or the company.")}, code="no_name")
        if self.thanks_url and urlsplit(self.thanks_url).scheme not in ("http", "https"):
            raise ValidationError({"thanks_url": _("Give an address that begins with https://.")})


class WebEntry(StatefulModel):
    """What a visitor sent: a lead, a part of one, or suspected spam that waits for a person."""

    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("Became a lead")
        FOLDED = "folded", _("Sent again")
        QUARANTINED = "quarantined", _("Suspected spam")
        DISCARDED = "discarded", _("Discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="entries")
    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.SET_NULL, null=True, blank=True, related_name="web_entries"
    )
    folded_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    values = models.JSONField(_("values"), default=dict)
    consent = models.BooleanField(_("consent"), default=False)
    suspicions = models.JSONField(_("suspicions"), default=list, blank=True)
    person = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    came_from = models.CharField(_("page"), max_length=300, blank=True, default="")
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    status = StateField(_("status"), choices=Status.choices, default=Status.ACCEPTED)

    class Meta:
        verbose_name = _("web entry")
        verbose_name_plural = _("web entries")
        indexes = [
            models.Index(fields=["form", "person", "-id"], name="web_entry_person"),
            models.Index(fields=["status", "-id"], name="web_entry_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["accepted", "folded"])
                | models.Q(status__in=["quarantined", "discarded"], lead__isnull=True),
                name="web_entry_in_doubt_is_no_lead",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Entry %(number)s of %(form)s") % {"number": self.pk, "form": self.form})

    def get_absolute_url(self) -> str:
        return reverse("lead-settings:entry", args=[self.public_id])

    @transition(
        field=status,
        source=[Status.QUARANTINED, Status.DISCARDED],
        target=Status.ACCEPTED,
        permission=allows("release"),
        custom={"label": _("Make it a lead"), "primary": True},
    )
    def release(self) -> None:
        """It was no spam."""

    @transition(
        field=status,
        source=Status.QUARANTINED,
        target=Status.DISCARDED,
        permission=allows("discard"),
        custom={"label": _("Discard"), "danger": True},
    )
    def discard(self) -> None:
        """It was spam."""
