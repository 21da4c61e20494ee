from datetime import datetime, timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations import secrets

WEBHOOK_OVERLAP = timedelta(days=7)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> "ConnectionQuerySet":
        """Connections that work is sent to and fetched from."""
        return self.filter(state=Connection.State.ACTIVE)


class Connection(models.Model):
    """One ERP we talk to: where it is, how we sign in, and whether we may talk now."""

    class Kind(models.TextChoices):
        REST = "rest", _("REST contract")
        TRYTON = "tryton", _("Tryton")

    class State(models.TextChoices):
        ACTIVE = "active", _("Working")
        PAUSED = "paused", _("Paused")
        BROKEN = "broken", _("Stopped: sign-in refused")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    base_url = models.URLField(_("address"), max_length=300)
    options = models.JSONField(_("options"), default=dict, blank=True)
    user_name = models.CharField(_("user name"), max_length=120, blank=True)

    secret_ciphertext = models.TextField(blank=True, editable=False)
    secret_key_id = models.CharField(max_length=40, blank=True, editable=False)
    secret_rotated_at = models.DateTimeField(null=True, blank=True, editable=False)
    webhook_secret_ciphertext = models.TextField(blank=True, editable=False)
    webhook_previous_ciphertext = models.TextField(blank=True, editable=False)
    webhook_previous_until = models.DateTimeField(null=True, blank=True, editable=False)

    max_concurrency = models.PositiveSmallIntegerField(default=4, validators=[MinValueValidator(1)])
    rate_limit_per_min = models.PositiveIntegerField(default=600, validators=[MinValueValidator(1)])

    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True)
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    state_changed_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    hold_until = models.DateTimeField(null=True, blank=True, editable=False)
    breaker_opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_ok_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error_text = models.TextField(blank=True, editable=False)
    facts = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="connection_has_code"),
            models.CheckConstraint(
                condition=Q(base_url__startswith="https://") | Q(base_url__startswith="http://"),
                name="connection_speaks_http",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def secret(self) -> str:
        """What we sign in with, in clear, for the moment of use only."""
        return secrets.decrypt(self.secret_ciphertext)

    def set_secret(self, clear: str) -> None:
        """Keep a new secret, encrypted under the current key; saving is the caller's."""
        self.secret_ciphertext, self.secret_key_id = secrets.encrypt(clear)
        self.secret_rotated_at = timezone.now()

    def set_webhook_secret(self, clear: str) -> None:
        """Keep a new webhook secret; the old one is accepted for a while, so that the ERP can change over."""
        self.webhook_previous_ciphertext = self.webhook_secret_ciphertext
        self.webhook_previous_until = timezone.now() + WEBHOOK_OVERLAP
        self.webhook_secret_ciphertext, _key_id = secrets.encrypt(clear)

    def webhook_secrets(self, now: datetime) -> list[bytes]:
        """The secrets a call from the ERP may be signed with now: two while one replaces the other."""
        found = [self.webhook_secret_ciphertext]
        if self.webhook_previous_until and now < self.webhook_previous_until:
            found.append(self.webhook_previous_ciphertext)
        return [secrets.decrypt(ciphertext).encode() for ciphertext in found if ciphertext]


class CodeMapping(models.Model):
    """What one of our codes is called in the ERP; a code without a row is called the same there."""

    class Kind(models.TextChoices):
        CUSTOMER = "customers", _("Customer")
        PRODUCT = "products", _("Product")
        TAX = "taxes", _("Tax")
        UNIT = "units", _("Unit")
        PAYMENT_TERMS = "payment_terms", _("Payment terms")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="code_mappings")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    local_code = models.CharField(_("code here"), max_length=80)
    remote_code = models.CharField(_("code in the ERP"), max_length=80)

    class Meta:
        verbose_name = _("code mapping")
        verbose_name_plural = _("code mappings")
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "local_code"], name="mapping_one_remote"),
            models.UniqueConstraint(fields=["connection", "kind", "remote_code"], name="mapping_one_local"),
        ]

    def __str__(self) -> str:
        return f"{self.local_code} = {self.remote_code}"
