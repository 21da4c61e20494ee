"""The kinds of records that can be imported."""

from django.http import Http404

from imports.kinds.base import Kind, Problem
from imports.kinds.documents import ORDERS, PRICES
from imports.kinds.records import ACCOUNTS, CONTACTS, LEADS, PRODUCTS

KINDS: dict[str, Kind] = {one.name: one for one in (LEADS, ACCOUNTS, CONTACTS, PRODUCTS, PRICES, ORDERS)}


def kind_named(name: str) -> Kind:
    """The kind of that name; 404 for any other."""
    if name not in KINDS:
        raise Http404(name)
    return KINDS[name]


__all__ = ["KINDS", "Kind", "Problem", "kind_named"]
