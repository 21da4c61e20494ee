"""Where pieces of work begin and end: each request and each task goes by one reading of the definitions."""

from collections.abc import Callable
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

from kernel.customfields import definitions

A_TURN = 1.0  # seconds; long jobs learn of a change within that


class FieldsMiddleware:
    """A change of the definitions is seen at the next request, in whichever process that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with definitions.piece_of_work(request):
            return self.get_response(request)


@task_prerun.connect
def begin_task(**_signal: Any) -> None:
    """A task begins with what holds now."""
    definitions.begin(lasting=A_TURN)


@task_postrun.connect
def end_task(**_signal: Any) -> None:
    """What the next task of this worker needs it asks for itself."""
    definitions.end()
