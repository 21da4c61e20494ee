"""The link by which a customer opens a quote without an account here."""

import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quotes.models.quote import Quote

SIGNER = Signer(salt="quotes.customer-link")


class CustomerLink(models.Model):
    """One unguessable, revocable address of one quote; the database holds nothing that would open it."""

    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="customer_links", verbose_name=_("quote")
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(_("opens until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    sent_to = models.EmailField(_("sent to"), blank=True, default="")
    mail = models.ForeignKey(
        "kernel.OutgoingMail",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer link")
        verbose_name_plural = _("customer links")
        ordering = ["-id"]
        indexes = [models.Index(fields=["quote", "-id"], name="customer_link_of_quote")]

    def __str__(self) -> str:
        return f"{self.quote} {self.created_at:%Y-%m-%d}"

    @property
    def token(self) -> str:
        """What stands in the address: signed with the server's secret, so that a stolen table opens nothing."""
        return SIGNER.sign(self.public_id.hex).replace(":", ".")

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        """The link that the token names; None for a made-up one."""
        try:
            name = SIGNER.unsign(token.replace(".", ":", 1))
            found: Any = cls._default_manager.filter(public_id=uuid.UUID(name)).first()
        except (BadSignature, ValueError):
            return None
        return found if isinstance(found, cls) else None

    def opens(self, on: dt.date | None = None) -> bool:
        """Whether it still shows anything: neither revoked nor past its day."""
        today = on or timezone.localdate()
        return self.revoked_at is None and (self.expires_on is None or today <= self.expires_on)
