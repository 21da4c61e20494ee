"""The organization's letterhead as the printer takes it."""

import math
from typing import Any

from kernel.printing import Words, printable, printable_lines
from people.logos import as_drawing
from people.models import Organization

PAPER_WIDTH = 170  # millimeters between the margins
PAGE_NUMBER_WIDTH = 24
FOOT_LINE = 3.4  # millimeters of height
FOOT_CHARACTER = 1.3  # millimeters of width, on the safe side


def letterhead(organization: Organization, words: Words) -> dict[str, Any]:
    """Head, sender, foot and colors, the same on every document."""
    foot = foot_of(organization, words)
    line = printable(organization.footer_line)
    contact = [organization.phone, organization.email]
    return {
        "name": printable(organization.name),
        "logo": as_drawing(bytes(organization.logo), organization.logo_type),
        "accent": organization.accent,
        "paper": organization.paper,
        "head": printable_lines(
            [" · ".join(organization.address_lines), " · ".join(filter(None, contact)), organization.website]
        ),
        "sender": printable(" · ".join([organization.name, *organization.address_lines])),
        "foot": foot,
        "foot_height": height_of(foot) + (FOOT_LINE * 1.6 if line else 0),
        "line": line,
    }


def foot_of(organization: Organization, words: Words) -> list[list[str]]:
    """Up to three columns: who we are, with the authorities, at the bank."""
    country = words.country(organization.country) if organization.country else ""
    tax = f"{words('tax_number')} {organization.tax_number}" if organization.tax_number else ""
    columns = [
        [organization.name, *organization.address_lines, country],
        [tax, *organization.register_entry.splitlines()],
        organization.bank_details.splitlines(),
    ]
    return [shown for column in columns if (shown := printable_lines(column[:6]))]


def height_of(columns: list[list[str]]) -> float:
    """Room for the highest column, its long lines broken."""
    width = (PAPER_WIDTH - PAGE_NUMBER_WIDTH) / max(len(columns), 1) / FOOT_CHARACTER
    return max(
        (sum(math.ceil(len(line) / width) for line in column) * FOOT_LINE for column in columns),
        default=FOOT_LINE,
    )
