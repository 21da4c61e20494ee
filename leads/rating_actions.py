"""Rating many leads again: after the rules have changed, and every day because time passes."""

from datetime import datetime

from django.db import transaction

from kernel.models import Job
from leads.models import Lead
from leads.rule_actions import rescore
from leads.scoring import rules_now, score
from leads.selectors import last_contacts
from people.service import service_user

AT_ONCE = 500
WRITTEN = ["score", "score_reasons", "scored_at", "last_contacted_at"]


@transaction.atomic
def rate_some(job: Job) -> bool:
    """The next leads of the job; False when there are no more.

    A score is no edit: version and moment of the lead stay, so nobody's form is overtaken by it.
    """
    after = int(job.position.get("after", 0))
    open_leads = Lead.objects.filter(status=Lead.Status.OPEN)
    if job.total is None:
        job.total = open_leads.count()
    rows = list(open_leads.select_for_update().filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    if not rows:
        return False
    rules, contacts = rules_now(), last_contacts(rows)
    changed = [lead for lead in rows if spoke_since(lead, contacts.get(lead.pk)) | score(lead, rules)]
    Lead.objects.bulk_update(changed, WRITTEN)
    counts = {"changed": int(job.outcome.get("changed", 0)) + len(changed)}
    job.reached({"after": rows[-1].pk}, done=job.done + len(rows), outcome=counts, total=job.total)
    return True


def spoke_since(lead: Lead, at: datetime | None) -> bool:
    """Take over the moment of a finished call, meeting or e-mail, if it is later than what the lead knows."""
    if at is None or (lead.last_contacted_at is not None and lead.last_contacted_at >= at):
        return False
    lead.last_contacted_at = at
    return True


@transaction.atomic
def start_daily_rating() -> Job:
    """The job of the day, asked for by the clock."""
    return rescore(by=service_user("reminders"))
