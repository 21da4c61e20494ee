"""How a list is narrowed: each filter reads its own query parameters, and unknown values narrow nothing."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _


class Filter:
    """One question to a list; the answer stands in the address as ``?name=value``."""

    is_tabs = False

    def __init__(self, name: str, label: Any) -> None:
        self.name = name
        self.label = label

    def choices(self) -> Iterable[tuple[str, Any]]:
        """The answers one can pick, as (value, words)."""
        raise NotImplementedError

    def accepts(self, value: str) -> bool:
        """Whether it is an answer; one of the choices, unless the filter says otherwise (a record by its number)."""
        return value in {str(known) for known, _words in self.choices()}

    def chip(self, value: str) -> str:
        """The question with its answer, in the words of the chip."""
        words = next((str(words) for known, words in self.choices() if str(known) == value), value)
        return words if words == str(self.label) else f"{self.label}: {words}"

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        """The rows that answer ``value``, which it accepts."""
        raise NotImplementedError


class ChoiceFilter(Filter):
    """A column whose values are few and known."""

    def __init__(self, name: str, label: Any, choices: type[TextChoices] | Iterable[tuple[str, Any]]) -> None:
        super().__init__(name, label)
        self.options = choices.choices if isinstance(choices, type) else list(choices)

    def choices(self) -> Iterable[tuple[str, Any]]:
        return self.options

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(**{self.name: value})


class StatusFilter(ChoiceFilter):
    """The status, drawn as tabs above the list."""

    is_tabs = True

    def __init__(self, choices: type[TextChoices] | Iterable[tuple[str, Any]], name: str = "status") -> None:
        super().__init__(name, _("Status"), choices)


class OwnerFilter(Filter):
    """Mine, my team's, or nobody's yet."""

    def __init__(self, name: str = "owner", label: Any = None) -> None:
        super().__init__(name, label or _("Owner"))

    def choices(self) -> Iterable[tuple[str, Any]]:
        return [("me", _("Me")), ("team", _("My team")), ("none", _("Unassigned"))]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        if value == "me":
            return queryset.filter(owner=user)
        if value == "team":
            return queryset.filter(team__in=getattr(user, "team_ids", ()))
        return queryset.filter(owner__isnull=True)


class BooleanFilter(Filter):
    """Rows for which a condition holds: ``?overdue=yes``."""

    def __init__(self, name: str, label: Any, condition: Q, otherwise: Any = None) -> None:
        super().__init__(name, label)
        self.condition = condition
        self.otherwise = otherwise

    def choices(self) -> Iterable[tuple[str, Any]]:
        return [("yes", self.label), *([("no", self.otherwise)] if self.otherwise else [])]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(self.condition) if value == "yes" else queryset.exclude(self.condition)
