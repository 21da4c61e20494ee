"""What speaks of a record of any kind."""

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class AboutQuerySet(models.QuerySet[Any]):
    """Reads by the record that rows speak of."""

    def about(self, record: models.Model) -> "AboutQuerySet":
        """The rows that speak of one record."""
        content_type = ContentType.objects.get_for_model(record)
        return self.filter(record_type=content_type, record_id=record.pk)


AboutManager = models.Manager.from_queryset(AboutQuerySet)


class About(models.Model):
    """A row that speaks of a record, whichever kind it is."""

    record_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")

    objects = AboutManager()

    class Meta:
        abstract = True
