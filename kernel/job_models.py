"""Long work in the background. Re-exported by ``kernel.models``; run by ``kernel.jobs``."""

import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.file_models import StoredFile


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one was doing must not be kept."""


class Job(models.Model):
    """One piece of long work: how far it is, who asked for it, what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arguments = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    position = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True, blank=True)
    outcome = models.JSONField(_("outcome"), default=dict, blank=True)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    error = models.TextField(_("error"), blank=True, default="")
    result = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    leads_to = models.CharField(max_length=200, blank=True, default="")
    cancel_asked = models.BooleanField(default=False)
    lease_token = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        app_label = "kernel"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["asked_by", "-id"], name="job_of_person"),
            models.Index(
                fields=["heartbeat_at"], name="job_at_work", condition=Q(state__in=["queued", "running"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_token__isnull=False, heartbeat_at__isnull=False),
                name="job_runs_under_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("people:job", args=[self.public_id])

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELED)

    @property
    def percent(self) -> int | None:
        """How much of it is done; unknown while nobody knows how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def seconds_left(self) -> int | None:
        """How long it may still take at the pace so far; unknown in the first moments."""
        if self.state != self.State.RUNNING or not (self.total and self.done and self.started_at):
            return None
        passed = (timezone.now() - self.started_at).total_seconds()
        return round(passed * (self.total - self.done) / self.done) if passed > 3 else None

    def reached(
        self,
        position: dict[str, Any],
        *,
        done: int,
        outcome: dict[str, Any] | None = None,
        problems: list[str] | None = None,
        total: int | None = None,
    ) -> None:
        """Note how far it got, in the transaction of the chunk that got it there.

        Raises LeaseLost when another worker has taken over: the chunk then rolls back, and nothing is done twice.
        """
        self.position, self.done = position, done
        self.outcome = self.outcome if outcome is None else outcome
        self.problems = self.problems if problems is None else problems
        self.total = self.total if total is None else total
        now = timezone.now()
        held = type(self).objects.filter(pk=self.pk, lease_token=self.lease_token, state=self.State.RUNNING)
        if not held.update(
            position=position, done=done, outcome=self.outcome, problems=self.problems, total=self.total,
            heartbeat_at=now, attempts=0,
        ):  # fmt: skip
            raise LeaseLost(str(self.public_id))
