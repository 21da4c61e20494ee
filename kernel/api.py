"""What every API list shares; no viewset may be imported here, because the settings load this module first."""

from rest_framework.pagination import CursorPagination


class Keyset(CursorPagination):
    """Pages that cost the same at any depth, newest record first."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
