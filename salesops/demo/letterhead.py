"""The letterhead of Nordlicht Machines, with a logo of its own: northern lights."""

from people.logos import kind_of_logo
from people.models import Organization

ACCENT = "#175C5A"
LIGHTS = ("#7CC7B2", "#3E9C8F", ACCENT)

QUOTE_TERMS = """Our general terms of sale apply. Prices are ex works; delivery times count from our written confirmation.
The offer is subject to the machines being unsold."""
ORDER_TERMS = (
    """Our general terms of sale apply. Please check this confirmation; we manufacture what it says."""
)
INVOICE_TERMS = (
    """The goods remain our property until they are paid for in full. Place of jurisdiction is Hamburg."""
)


def make_letterhead() -> Organization:
    """Who sells, in the demo."""
    logo = drawn_logo().encode()
    organization = Organization(
        pk=Organization.ONLY, name="Nordlicht Maschinen GmbH", street="Hafenstraße 12", postcode="20457",
        city="Hamburg", country="DE", email="sales@nordlicht.example", phone="+49 40 555 0170",
        website="www.nordlicht.example", tax_number="DE129273398",
        register_entry="Amtsgericht Hamburg, HRB 90210\nGeschäftsführung: Alex Winter",
        bank_details="Hanse Handelsbank\nIBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001",
        logo=logo, logo_type=kind_of_logo(logo), accent=ACCENT, language="en",
        quote_terms=QUOTE_TERMS, order_terms=ORDER_TERMS, invoice_terms=INVOICE_TERMS,
    )  # fmt: skip
    organization.save()
    return organization


def drawn_logo() -> str:
    """Three arcs of light above the horizon."""
    arcs = "".join(
        f'<path d="M{50 - radius} 62a{radius} {radius} 0 0 1 {2 * radius} 0" stroke="{color}"/>'
        for radius, color in zip((44, 34, 24), LIGHTS, strict=True)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="2.75 14 94.5 60" width="94.5" height="60">'
        f'<g fill="none" stroke-width="6.5">{arcs}</g><path d="M36 62a14 14 0 0 1 28 0z" fill="{ACCENT}"/>'
        f'<path d="M2.75 70h94.5v4H2.75z" fill="{ACCENT}"/></svg>'
    )
