"""Give every record its match keys and look for duplicates, here and now."""

from typing import Any

from django.core.management.base import BaseCommand

from duplicates.actions.sweeping import start_sweep
from kernel import jobs
from people.service import service_user


class Command(BaseCommand):
    help = "Give every record its match keys, and find records that may be the same."

    def handle(self, *args: Any, **options: Any) -> None:
        job = start_sweep(by=service_user("duplicates"))
        while jobs.run(str(job.public_id)):
            pass
        job.refresh_from_db()
        self.stdout.write(f"{job.get_state_display()}: {job.outcome}")
