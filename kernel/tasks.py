"""What Celery runs for the kernel: the post and the long jobs."""

from celery import shared_task

from kernel import files, jobs, postman
from kernel.customfields import work  # noqa: F401 - every task begins with the custom fields that hold now


@shared_task(name="mail.send", acks_late=True)
def send(public_id: str) -> bool:
    """Send one e-mail if it is due."""
    return postman.send(public_id)


@shared_task(name="mail.sweep", acks_late=True)
def sweep() -> int:
    """Send every e-mail that is due and whose bell was lost."""
    return postman.sweep()


@shared_task(name="jobs.run", acks_late=True)
def run_job(public_id: str) -> bool:
    """Do one turn of a job."""
    return jobs.run(public_id)


@shared_task(name="jobs.sweep", acks_late=True)
def sweep_jobs() -> int:
    """Wake workers for jobs that wait."""
    return jobs.sweep()


@shared_task(name="jobs.tidy", acks_late=True)
def tidy() -> int:
    """Forget jobs of last month and files that have expired."""
    return jobs.prune() + files.forget_expired()
