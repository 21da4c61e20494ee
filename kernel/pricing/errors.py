"""What the pricing engine refuses, in words for people and codes for machines."""

from kernel.errors import DomainError


class PricingError(DomainError):
    """Figures that cannot be priced: it names the field and, if one is to blame, the line."""

    def __init__(self, text: str, *, code: str, field: str = "", line: str = "") -> None:
        super().__init__(text, code=code, field=field)
        self.line = line
