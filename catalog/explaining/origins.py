"""Where the figures of a document come from when it did not work them out itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.documents import AMOUNT_COLUMNS, PricedDocument, PricedLine

COMPARED = ("quantity", "unit_price", "volume_discount", "tax_rate", "base", "manual_discount", "net",
            "header_discount", "tax", "total")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """The earlier document and which of its lines each line (by primary key) came from; or the ERP."""

    document: PricedDocument | None = None
    name: str = ""
    url: str = ""  # the page that explains the earlier document
    lines: Mapping[int, PricedLine] = field(default_factory=dict)
    gives_back: bool = False  # a credit note: the same figures with the other sign
    only_shares: bool = False  # what is not copied whole is a share; never worked out anew
    is_erp: bool = False
    settled: Decimal | None = (
        None  # what payments and credit notes come to, where such can settle the document
    )

    def of(self, line: PricedLine) -> PricedLine | None:
        return self.lines.get(line.pk)

    def words(self, line: PricedLine) -> dict[str, Any]:
        return {"document": self.name, "line": line.position}

    def link(self, line: PricedLine) -> str:
        return f"{self.url}?line={line.key}" if self.url else ""

    def is_copied(self, line: PricedLine) -> bool:
        """Whether every figure of the line is that of its source."""
        source = self.of(line)
        if source is None or self.gives_back:
            return False
        return all(getattr(line, name) == getattr(source, name) for name in COMPARED)

    def is_whole(self, document: PricedDocument) -> bool:
        """Whether all amounts of the header are the earlier document's."""
        if self.document is None or self.gives_back:
            return False
        return all(getattr(document, name) == getattr(self.document, name) for name in AMOUNT_COLUMNS)


NOWHERE = Origin()
ZERO = Decimal(0)
