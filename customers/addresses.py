"""A postal address as columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Address(models.Model):
    """A postal address, part of its owner."""

    PARTS = ("street", "postcode", "city", "region", "country")

    street = models.CharField(_("street"), max_length=200, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    region = models.CharField(_("region"), max_length=60, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        """The address as it stands on an envelope."""
        town = " ".join(part for part in [self.postcode, self.city] if part)
        return [part for part in [self.street, town, self.region, self.country] if part]
