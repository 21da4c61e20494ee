"""Nothing that people write breaks a document: scripts, markup, endless words, huge figures, many pages."""

# Letters of all scripts are meant here.
# ruff: noqa: RUF001

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from kernel.printing import Words, languages, printable, render, words_of
from people.models import Organization
from quotes.printing import QuoteSheet, quote_pdf
from tests.document_factories import QuoteFactory
from tests.factories import AccountFactory
from tests.pages import queries
from tests.printing.making import currency, fonts_of, is_archive, joined, pages_of, text_of, with_lines

pytestmark = pytest.mark.django_db
MARKUP = '#import "x.typ" $x^2$ *bold* _it_ `raw` <label> @ref \\ // /* #sys.inputs.data ] } "'
DIGIT, PAPER_WIDTH, MARGIN = 0.497, 595.3, 56.7  # ems; points


def quote_of(lines, **header):
    return with_lines(QuoteFactory(lines=0, **header), lines)


def article(text="Article", quantity=1, price="10", **more):
    return {"description": text, "quantity": Decimal(quantity), "unit_price": Decimal(price)} | more


def amount(text):
    return Decimal(text.replace(",", ""))


# --- many lines -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many():
    """Of 600 lines, those with a long text, a note or a heading break the pages at odd places."""
    lines = []
    for n in range(1, 601):
        if n % 41 == 0:
            lines.append({"kind": "section", "description": f"Part {n}"})
        if n % 17 == 0:
            lines.append({"kind": "note", "description": "A remark of some length. " * (n % 9 + 1)})
        text = f"Row-{n}-of-600" + " and what it is made of, told at length" * (n % 5)
        lines.append(article(text, n % 7 + 1, f"{n}.35"))
    return lines


def test_six_hundred_lines_stand_on_many_pages_with_sums_carried_from_page_to_page(many):
    quote = quote_of(many)
    pages = pages_of(quote_pdf(quote, language="en"))

    nets = dict(
        enumerate(quote.lines.filter(kind="item").order_by("position").values_list("net", flat=True), 1)
    )
    rows = [[int(n) for n in re.findall(r"Row-(\d+)-of-600", page)] for page in pages]
    assert [n for page in rows for n in page] == list(range(1, 601))
    total = Decimal(0)
    for at, (page, found) in enumerate(zip(pages, rows, strict=True), 1):
        assert f"Page {at} of {len(pages)}" in page
        brought = re.findall(r"Brought forward ([\d,.]+)", page)
        assert [amount(one) for one in brought] == ([total] if at > 1 and found else [])
        total += sum(nets[n] for n in found)
        carried = re.findall(r"Carried forward ([\d,.]+)", page)
        assert [amount(one) for one in carried] == ([total] if total < quote.detail_amount else [])
    assert total == quote.detail_amount


def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(many):
    for page in pages_of(quote_pdf(quote_of(many), language="en")):
        lines = re.split(r"Carried forward|Net amount", page)[0]
        for heading in re.finditer(r"Part \d+ ", lines):
            assert (
                "Row-" in lines[heading.end() :]
                or "Subtotal" in lines[heading.start() - 12 : heading.start()]
            )


def test_the_heads_of_the_columns_and_the_document_stand_on_every_page(many):
    quote = quote_of(many)
    pages = pages_of(quote_pdf(quote, language="en"))

    assert len(pages) > 10
    assert all(f"Quote {quote.ref}" in page for page in pages)
    assert all("Unit price" in page for page in pages if "Row-" in page)


def test_a_long_document_asks_the_database_no_more_than_a_short_one():
    few, many_lines = quote_of([article()]), quote_of([article(f"Article {n}") for n in range(60)])

    counts = []
    for quote in (few, many_lines):
        read = type(quote).objects.select_related("account", "contact", "currency", "owner", "payment_terms")
        found = read.get(pk=quote.pk)
        counts.append(len(queries(lambda found=found: QuoteSheet(found).data())))

    assert counts[0] == counts[1] <= 4


# --- all kinds of texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Größe, façade, señor, Łódź, ţară", "Насос подпиточный", "Αντλία νερού", "自動搬送ロボット",
        "설치 및 시운전", "آلة قص بالليزر", "מכונת חיתוך", "เครื่องตัด", "मशीन", "Ⅷ ½ → ✓ € ₽ ₴ ₹",
        "\U00013000 \U0001f600",
    ],
)  # fmt: skip
def test_every_script_is_printed_or_at_least_stops_nothing(text):
    account = AccountFactory(name=f"{text} Ltd")

    pdf = quote_pdf(quote_of([article(text)], account=account, bill_to_name=account.name), language="en")

    assert "Total EUR 11.90" in text_of(pdf)
    assert all(fonts_of(pdf).values())


@pytest.mark.parametrize("text", ["Größe, façade, señor, Łódź", "Насос подпиточный", "Αντλία νερού"])
def test_european_texts_need_no_font_of_the_machine_and_can_be_archived(text):
    pdf = quote_pdf(quote_of([article(text)]), language="en")

    assert text in text_of(pdf)
    assert is_archive(pdf)
    assert all("SourceSans" in name for name in fonts_of(pdf))


def test_markup_is_printed_as_it_was_typed():
    account = AccountFactory(name=MARKUP)

    text = joined(
        text_of(quote_pdf(quote_of([article(MARKUP)], account=account, bill_to_name=MARKUP, name=MARKUP)))
    )

    assert text.count(joined(MARKUP)) >= 3


def test_control_characters_and_turned_directions_leave_only_the_text():
    shown = printable("A\x00\x07B\u202e12.50\u2066\tC\r\nD\ue000", lines=True)

    assert shown == "AB12.50 C\nD"
    assert "AB12.50 C" in text_of(quote_pdf(quote_of([article("A\x07B\u202e12.50\tC")]), language="en"))


def test_a_word_of_five_thousand_letters_is_broken_and_complete():
    word = "Donaudampfschiff" * 313
    quote = quote_of([article("x" * 500)], terms_text=f"Terms {word} end", bill_to_street="y" * 200)

    pdf = quote_pdf(quote, language="en")

    text = joined(text_of(pdf))
    assert text.count("Donaudampfschiff") >= 312  # one may be parted by the end of a page
    assert "x" * 500 in text
    assert within_margins(pdf)


def test_a_text_of_many_pages_is_printed_to_its_end():
    terms = "\n".join(f"Clause {n}: what holds between us, told at length." for n in range(300))

    pages = pages_of(quote_pdf(quote_of([article()], terms_text=terms), language="en"))

    assert len(pages) > 3
    assert "Clause 0:" in " ".join(pages)
    assert "Clause 299:" in " ".join(pages)


# --- figures ----------------------------------------------------------------------------------------------------


def fragments(pdf):
    """Texts with their place and size: (page, y, x, size, text)."""
    found = []
    for number, page in enumerate(PdfReader(BytesIO(pdf)).pages):

        def note(text, cm, tm, font, size, number=number):
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                found.append((number, round(y, 1), x, abs(tm[0]) * size, text.strip()))

        page.extract_text(visitor_text=note)
    return found


def within_margins(pdf):
    return all(MARGIN - 1 <= x <= PAPER_WIDTH - MARGIN + 1 for _p, _y, x, _s, _t in fragments(pdf))


@pytest.mark.parametrize("code", ["EUR", "KWD", "JPY"])
def test_the_largest_figures_fit_beside_each_other(code):
    quote = quote_of(
        [
            article("All there is", "7999.12345", "9999999.9999", discount_amount=Decimal("123456789.12")),
            article("Small", 1, "1"),
        ],
        currency=currency(code),
    )  # fmt: skip

    pdf = quote_pdf(quote, language="en")

    rows = {}
    for page, y, x, size, text in fragments(pdf):
        if re.fullmatch(r"[\d,.]+", text):
            rows.setdefault((page, y), []).append((x, size, text))
    widest = max(rows.values(), key=lambda row: sum(len(text) for _x, _s, text in row))
    assert len(widest) >= 4
    ends = [x + size * sum(DIGIT if c.isdigit() else 0.25 for c in text) for x, size, text in sorted(widest)]
    starts = [x for x, _size, _text in sorted(widest)][1:]
    assert all(end < start for end, start in zip(ends, starts, strict=False))
    assert ends[-1] <= PAPER_WIDTH - MARGIN + 1


# --- the machinery ----------------------------------------------------------------------------------------------


def test_threads_print_at_the_same_time_what_one_prints_alone():
    sheets = [QuoteSheet(quote_of([article(f"Of thread {n}")]), language="en").data() for n in range(8)]
    alone = [render("document.typ", data) for data in sheets]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda data: render("document.typ", data), sheets * 3))

    assert together == alone * 3


def test_the_same_document_makes_the_same_file():
    quote = quote_of([article()])

    assert quote_pdf(quote) == quote_pdf(quote)


def test_every_language_has_all_words_with_the_same_gaps():
    english = words_of("en")
    for language in languages():
        words = words_of(language)
        assert words.keys() == english.keys()
        for key, text in words.items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), (language, key)


@pytest.mark.parametrize(
    ("asked", "spoken"), [("de-AT", "de"), ("xx", "en"), ("", "en"), ("tlh", "en"), ("pt_BR", "en")]
)
def test_an_unknown_language_is_printed_in_english(asked, spoken):
    assert Words(asked).language == spoken


def test_the_document_speaks_the_language_of_the_quote_else_the_customers_else_ours():
    Organization(pk=1, language="fr").save()
    account = AccountFactory(language="es")

    assert "Angebot" in text_of(quote_pdf(quote_of([article()], account=account, language="de")))
    assert "Presupuesto" in text_of(quote_pdf(quote_of([article()], account=account, language="")))
    assert "Devis" in text_of(quote_pdf(quote_of([article()], language="")))


def test_the_file_names_its_language_and_is_tagged():
    root = PdfReader(BytesIO(quote_pdf(quote_of([article()]), language="de"))).trailer["/Root"]

    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
