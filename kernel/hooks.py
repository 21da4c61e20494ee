"""What upper apps tell lists in their ``AppConfig.ready``, where models cannot be imported yet: names of functions."""

_rights = ""
_added_columns: list[str] = []


def answers_for_rights(module: str) -> None:
    """Name the module whose ``visible``, ``may`` and ``hidden_fields`` say who sees and does what."""
    global _rights
    _rights = module


def rights_module() -> str:
    """Who answers questions about rights."""
    return _rights


def adds_columns(function: str) -> None:
    """Name a function ``(model, user) -> columns`` that knows columns nobody declared in code; asked for every list."""
    if function not in _added_columns:
        _added_columns.append(function)


def column_functions() -> list[str]:
    """Who adds columns to lists."""
    return list(_added_columns)
