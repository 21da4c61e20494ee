"""How many open deals stand where, and what they are worth: kept by the database itself, so that no board counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """A part of the sum of open deals of one stage, owner, team and currency.

    Triggers of the database add a row for every change of a deal (so that nobody waits for anybody), and a task adds
    rows up from time to time; the truth is always the sum of all rows. Amounts are in ten-thousandths of the deals' own
    currency: whole numbers, which SQLite adds up exactly too.
    """

    stage_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    currency_id = models.BigIntegerField()
    deals = models.IntegerField()
    amount = models.DecimalField(max_digits=23, decimal_places=0)
    # Amount times probability in percent: a hundredth of it is the weighted amount.
    percents = models.DecimalField(max_digits=25, decimal_places=0)

    class Meta:
        verbose_name = _("tally of deals")
        verbose_name_plural = _("tallies of deals")
        indexes = [
            models.Index(fields=["stage_id", "owner_id", "team_id", "currency_id"], name="tally_of_stage")
        ]

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.deals}"
