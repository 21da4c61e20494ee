"""The samples of docs/samples: every kind of document, in several scripts.

``WRITE_SAMPLES=docs/samples python -m pytest tests/printing/test_samples.py`` makes the files anew; the pictures are
their first pages.
"""

import os
from pathlib import Path

import pytest
import time_machine

from kernel.printing import fonts, pictures, render
from tests.printing import samples
from tests.printing.making import fonts_of, is_archive, joined, text_of

pytestmark = pytest.mark.django_db
WRITE_TO = os.environ.get("WRITE_SAMPLES", "")
NEEDS_OTHER_FONTS = {"quote-ja"}


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_each_kind_of_document_prints_with_its_fonts_inside(name):
    with time_machine.travel("2026-11-22 10:00:00+00:00", tick=False):
        template, data = samples.made(name)
    pdf = render(template, data)

    assert all(fonts_of(pdf).values())
    assert data["title"] in text_of(pdf) or data["rtl"]
    said = joined(text_of(pdf))
    assert all(joined(total["amount"]) in said for total in data.get("totals", []))
    if name not in NEEDS_OTHER_FONTS or "Noto Sans CJK JP" in fonts().families():
        assert is_archive(pdf)
    if WRITE_TO:
        folder = Path(WRITE_TO)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.pdf").write_bytes(pdf)
        (folder / f"{name}.png").write_bytes(pictures(template, data, ppi=72)[0])
