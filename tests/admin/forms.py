"""What a browser would send back from a page of the back office."""

from typing import Any

from django.test import Client


def filled(client: Client, path: str, **typed: Any) -> dict[str, Any]:
    """The form of the page as it stands, with some fields typed over; also ones that the page does not have."""
    form = client.get(path).context["adminform"].form
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        if hasattr(bound.field.widget, "decompress") and bound.subwidgets:
            parts = bound.field.widget.decompress(value)
            data |= {f"{bound.html_name}_{n}": part for n, part in enumerate(parts) if part is not None}
        else:
            data[bound.html_name] = value
    return {**data, **typed}
