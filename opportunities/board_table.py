"""The question that a board is asked: that of the list of opportunities, without the status, which its columns say."""

from typing import Any

from kernel.tables import StatusFilter
from kernel.tables.address import Address
from kernel.tables.asked import Asked
from kernel.tables.counting import Count
from kernel.tables.page import TablePage
from opportunities.tables import OpportunityTable


class BoardTable(OpportunityTable):
    """The list as the board asks it."""

    name = ""
    filters = tuple(one for one in OpportunityTable.filters if not isinstance(one, StatusFilter))  # type: ignore[assignment]

    @classmethod
    def frame(cls, request: Any, asked: Asked, address: Address) -> TablePage:
        """What stands around the deals: search, filters and what is filtered by."""
        made = TablePage(
            title=cls.title, path=address.path, columns=(), rows=[], heads=[], search=asked.search,
            searchable=True, size=0, counted=Count(0), request=request,
        )  # fmt: skip
        cls._offer_filters(made, asked, address)
        return made
