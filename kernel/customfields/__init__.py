"""Fields that an organization adds to its records, without a migration or a restart.

``definitions`` knows them, ``kinds`` types their values, ``cleaning`` checks what is written, ``uniqueness`` holds what
must not be there twice; ``queries`` filters and sorts, ``indexes`` keeps that fast; ``reading`` shows.
"""

from kernel.customfields.cleaning import Carried, assigned, carried, clean, searched
from kernel.customfields.definitions import Definition, every, fields_of, named, takes_fields
from kernel.customfields.uniqueness import claim, claim_all

__all__ = [
    "Carried", "Definition", "assigned", "carried", "claim", "claim_all", "clean", "every", "fields_of", "named",
    "searched", "takes_fields",
]  # fmt: skip
