"""The words of the customer's page and of e-mails to customers, in the customer's language."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings

from kernel.printing import USUAL_LANGUAGE, Words
from people.models import Organization

PAGES = Path(settings.BASE_DIR) / "templates" / "customer" / "words"


class PageWords(Words):
    """As the words of printed documents, with texts of their own; what a language lacks is said in the usual one."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.texts = page_words(self.language)


@cache
def page_words(language: str) -> dict[str, str]:
    """The texts of one language."""
    path = PAGES / f"{language}.json"
    usual: dict[str, str] = json.loads((PAGES / f"{USUAL_LANGUAGE}.json").read_text(encoding="utf-8"))
    return usual | (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})


def words_for(language: str, organization: Organization) -> PageWords:
    """The words for a document of this language; without one, the organization's."""
    return PageWords(language or organization.language)
