"""What only the demonstration needs done in the background."""

from celery import current_app, shared_task
from celery.signals import beat_embedded_init, beat_init
from django.conf import settings

from integrations.models import Connection
from integrations.onboarding import Unreachable, subscribe


@shared_task(
    name="salesops.let_the_demo_erp_call_us",
    autoretry_for=(Unreachable, OSError),
    retry_backoff=True,
    max_retries=8,
)
def let_the_demo_erp_call_us() -> bool:
    """Tell the demo ERP where we are today; without it we would only see its news at the next poll."""
    connection = Connection.objects.active().filter(base_url=settings.DEMO_ERP_URL).first()
    return subscribe(connection, settings.SITE_URL) if connection else False


@beat_init.connect
@beat_embedded_init.connect
def at_start(**_signal: object) -> None:
    """The first act of the clock, because the port of the pages may have changed since yesterday."""
    if settings.DEMO_ERP_URL:
        current_app.send_task("salesops.let_the_demo_erp_call_us", ignore_result=True)
