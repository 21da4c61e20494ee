"""The tone of a state: six tones, each with a shape and a color; the word always stands beside them."""

TONES = ("neutral", "info", "attention", "success", "danger", "done")

_WORDS = {
    "neutral": """
        draft new open held none not_due not_invoiced proposed unpaid todo
    """,
    "info": """
        active sent submitted in_progress contacted queued sending pending billed booked processing under_revision
        qualify develop propose close
    """,
    "attention": """
        on_hold partial partially_shipped due expiring retrying drifted waiting stale owed
    """,
    "success": """
        won accepted paid qualified fulfilled complete completed delivered in_erp ok confirmed approved installed
    """,
    "danger": """
        lost overdue rejected stopped failed error blocked dead refused bounced
    """,
    "done": """
        closed superseded revised archived invoiced canceled disqualified expired retired inactive merged obsolete
        credited settled ignored
    """,
}
_TONE_OF = {word: tone for tone, words in _WORDS.items() for word in words.split()}


def tone_of(status: object) -> str:
    """The tone of a status or reason by its code; a word nobody taught us is neutral."""
    return _TONE_OF.get(str(status or "").lower(), "neutral")
