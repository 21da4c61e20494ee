"""What a list asks about rights. The kernel knows no roles: an upper app says who answers (``kernel.hooks``)."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from kernel.hooks import rights_module


@lru_cache(maxsize=8)
def _of(name: str) -> Any:
    return import_string(f"{rights_module()}.{name}")


def visible(user: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The part of the queryset that exists for this person."""
    found: QuerySet[Any] = _of("visible")(user, queryset)
    return found


def may(user: Any, verb: str, record_or_model: Any) -> bool:
    """Whether this person may do this, to this record or (given a model) in general."""
    return bool(_of("may")(user, verb, record_or_model))


def hidden(user: Any, model: Any) -> frozenset[str]:
    """The fields of these records that do not exist for this person; nobody in particular sees none of them."""
    found: frozenset[str] = _of("hidden_fields")(user, model._meta.model_name)
    return found
