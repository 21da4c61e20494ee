"""What the columns of a file probably are, by their heads."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from imports.fields import Field, squeezed
from imports.models import ImportRun
from kernel.errors import DomainError


def guessed(heads: Sequence[str], fields: Collection[Field]) -> list[str]:
    """The field of each column, or nothing; a field is given once, to the column that names it best."""
    chosen = [""] * len(heads)
    taken: set[str] = set()
    words = {one.name: words_of(one) for one in fields}
    for strictness in (0, 1):
        for at, head in enumerate(heads):
            if chosen[at] or not (said := squeezed(head)):
                continue
            ranked = sorted(
                (rank, order, one.name)
                for order, one in enumerate(fields)
                if one.name not in taken and (rank := rank_of(said, words[one.name], strictness)) is not None
            )
            if ranked:
                chosen[at] = ranked[0][2]
                taken.add(chosen[at])
    return chosen


def words_of(one: Field) -> list[str]:
    own = [one.name, str(one.label), one.name.removeprefix("custom."), *one.words.split(",")]
    return [word for word in dict.fromkeys(squeezed(word) for word in own) if word]


def rank_of(said: str, words: Sequence[str], strictness: int) -> int | None:
    """How well a head names a field, lower is better: the very word, or (second round) a word that holds it."""
    if said in words:
        return words.index(said)
    if strictness and len(said) > 4:
        near = [
            at
            for at, word in enumerate(words)
            if len(word) > 4 and (said.startswith(word) or said.endswith(word))
        ]
        return 100 + near[0] if near else None
    return None


def header_hash(heads: Sequence[str]) -> str:
    """The fingerprint of a set of heads, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(squeezed(head) for head in heads)).encode()).hexdigest()


def columns_by_name(run: ImportRun, mapping: object) -> list[dict[str, str]]:
    """The columns of an import as a machine says them: head to field, or to field and way of writing."""
    if not isinstance(mapping, Mapping):
        raise DomainError(_("Give an object: head to field."), code="invalid", field="mapping")
    if strangers := [str(head) for head in mapping if head not in run.header]:
        text = _("The file has no column %(head)s.") % {"head": strangers[0][:100]}
        raise DomainError(text, code="unknown_column", field="mapping")
    before = dict(zip(run.header, run.columns, strict=True))
    found = []
    for head in run.header:
        said = mapping.get(head, "")
        if isinstance(said, Mapping):
            found.append({"field": str(said.get("field", "")), "way": str(said.get("way", ""))})
        else:
            same = before[head]["field"] == said
            found.append({"field": str(said), "way": before[head]["way"] if same else ""})
    return found
