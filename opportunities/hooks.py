"""What the apps above do along with a deal: they register by name, opportunities ask and know none of them."""

from typing import Any

from django.utils.module_loading import import_string

# hand_over(opportunity, former, by=): what belonged to the former owner goes to the new one, in the same transaction.
_registered: list[str] = []


def register_handover(path: str) -> None:
    """Add a function, given as a dotted path, from an upper app's ``AppConfig.ready``."""
    if path not in _registered:
        _registered.append(path)


def hand_over_along(opportunity: Any, former: Any, *, by: Any) -> None:
    """The deal has another owner: let every app above hand over what goes along; part of a larger action."""
    for path in _registered:
        import_string(path)(opportunity, former, by=by)
