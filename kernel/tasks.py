"""What Celery runs for the kernel: the post."""

from celery import shared_task

from kernel import postman


@shared_task(name="mail.send", acks_late=True)
def send(public_id: str) -> bool:
    """Send one e-mail if it is due."""
    return postman.send(public_id)


@shared_task(name="mail.sweep", acks_late=True)
def sweep() -> int:
    """Send every e-mail that is due and whose bell was lost."""
    return postman.sweep()
