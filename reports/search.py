"""One search over all records: by number, ERP number, name, e-mail or phone, within one's rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model, Q, TextField
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from activities.models import Activity
from catalog.models import Product
from customers.models import Account, Contact
from invoices.models import Invoice
from kernel.models import fold
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.access import kind_of, visible
from people.models import User
from quotes.models import Quote

PER_GROUP = 10
LOOKED_AT = 4  # times as many are read as are shown, so that the best of the newest come first
SHORTEST = 2
LONGEST = 200
LIKE_ENOUGH = 0.45  # share of common trigrams from which a misspelled word is a guess worth showing
TextField.register_lookup(TrigramWordSimilar)


@dataclass(frozen=True)
class Kind:
    """A kind of record that is searched; ``sign`` narrows the palette to it (``@`` people, ``#`` documents)."""

    label: Any
    model: Any
    icon: str
    sign: str
    has_names: bool = False

    @property
    def name(self) -> str:
        return kind_of(self.model)


KINDS = (
    Kind(_("Accounts"), Account, "building-2", "@", has_names=True),
    Kind(_("Contacts"), Contact, "users", "@", has_names=True),
    Kind(_("Leads"), Lead, "user-plus", "@", has_names=True),
    Kind(_("Opportunities"), Opportunity, "target", "#", has_names=True),
    Kind(_("Quotes"), Quote, "file-text", "#"),
    Kind(_("Orders"), Order, "package", "#"),
    Kind(_("Invoices"), Invoice, "receipt", "#"),
    Kind(_("Products"), Product, "box", "", has_names=True),
    Kind(_("Activities"), Activity, "calendar-check", ""),
)


@dataclass(frozen=True)
class Found:
    """The matches of one kind; ``more`` says that there are others."""

    kind: Kind
    records: list[Any]
    more: bool


def kinds_of(text: str) -> tuple[str, Sequence[Kind]]:
    """What is looked for and where: ``@`` in front means people and companies, ``#`` documents."""
    sign = text[:1]
    if sign in ("@", "#"):
        return text[1:].strip(), [kind for kind in KINDS if kind.sign == sign]
    return text.strip(), KINDS


def search(
    user: User, text: str, kinds: Sequence[Kind] = KINDS, *, per_group: int = PER_GROUP
) -> list[Found]:
    """Matches by kind, newest first, one query a kind."""
    if len(text) < SHORTEST:
        return []
    groups = []
    for kind in kinds:
        found = list(
            visible(user, kind.model.objects.matching(text)).order_by("-id")[: per_group * LOOKED_AT]
        )
        if found:
            best = sorted(found, key=lambda record: rank(record, text))
            groups.append(Found(kind, best[:per_group], len(found) > per_group))
    return groups


def rank(record: Model, text: str) -> tuple[bool, bool]:
    """Names that begin with what was typed come first, then those with a word that does; sorting keeps the rest."""
    name, asked = fold(title_of(record)), fold(text)
    return (not name.startswith(asked), not any(word.startswith(asked) for word in name.split()))


def alike(user: User, text: str, kinds: Sequence[Kind] = KINDS, *, per_group: int = 5) -> list[Found]:
    """Where nothing matches: records with a word that is nearly the one typed. Needs PostgreSQL's trigrams."""
    word = fold(text)
    if connection.vendor != "postgresql" or len(word) < SHORTEST + 1:
        return []
    try:
        return guesses(user, word, kinds, per_group)
    except ProgrammingError:  # a database without the extension, which nobody was allowed to add
        return []


def guesses(user: User, word: str, kinds: Sequence[Kind], per_group: int) -> list[Found]:
    """The records whose search text has a word like this one, the likest first."""
    groups = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        for kind in kinds:
            if kind.has_names:
                rows = visible(user, kind.model.objects.filter(search_text__trigram_word_similar=word))
                likeness = TrigramWordSimilarity(word, "search_text")
                if records := list(rows.annotate(likeness=likeness).order_by("-likeness", "-id")[:per_group]):
                    groups.append(Found(kind, records, more=False))
    return groups


def meant(text: str, groups: Sequence[Found]) -> str:
    """The words that were probably meant, taken from records that are alike; nothing if that changes nothing."""
    known = {word for group in groups for record in group.records for word in record.search_text.split()}
    words = [
        best[0] if (best := process.extractOne(word, known, scorer=fuzz.ratio)) else word
        for word in fold(text).split()
    ]
    return " ".join(words) if words != fold(text).split() else ""


def exact(user: User, text: str) -> Any | None:
    """The one document with exactly this number, ours or the ERP's."""
    number = text.strip().upper()
    if "-" not in number and not number.isdecimal():
        return None
    lookups: list[tuple[Any, Q]] = [
        (Lead, Q(number=number)), (Opportunity, Q(number=number)), (Order, Q(number=number) | Q(erp_number=number)),
        (Invoice, Q(number=number)), (Account, Q(number=number)), (Contact, Q(number=number)),
    ]  # fmt: skip
    found = [
        record for model, wanted in lookups for record in visible(user, model.objects.filter(wanted))[:2]
    ]
    quote = visible(user, Quote.objects.by_ref(text.strip().upper().replace("-R", "-r"))).first()
    found += [quote] if quote else []
    return found[0] if len(found) == 1 else None


def title_of(record: Model) -> str:
    """What a result is called, without the number that stands beside it."""
    ref = str(getattr(record, "ref", ""))
    text = str(getattr(record, "name", "") or record)
    return text.removeprefix(ref).strip() or str(record)


def hint_of(record: Model) -> str:
    """What tells results of one name apart: the number, the company, the address."""
    parts = [getattr(record, name, "") for name in ("number", "sku", "company", "city", "email")]
    return " · ".join(dict.fromkeys(str(part) for part in parts if part and str(part) != title_of(record)))


def segments(text: str, asked: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it matches a word that was asked for, accents and case aside."""
    folded, origin = "", []
    for at, char in enumerate(text):
        piece = fold(char)
        folded += piece
        origin += [at] * len(piece)
    hit = [False] * len(text)
    for word in fold(asked).split():
        start = folded.find(word)
        while start >= 0:
            for at in origin[start : start + len(word)]:
                hit[at] = True
            start = folded.find(word, start + len(word))
    pieces: list[tuple[str, bool]] = []
    for char, is_hit in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == is_hit:
            pieces[-1] = (pieces[-1][0] + char, is_hit)
        else:
            pieces.append((char, is_hit))
    return pieces
