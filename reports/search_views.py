"""Finding: the page of results, and the same for the palette while somebody types."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kernel.http import HtmxRequest, page
from reports.search import KINDS, LONGEST, alike, exact, hint_of, kinds_of, meant, search, segments, title_of

IN_PALETTE = 5


@require_GET
def find(request: HtmxRequest) -> HttpResponse:
    """Search results by kind; an exact document number leads straight there, a misspelled word to what is like it."""
    asked = request.GET.get("q", "")[:LONGEST].replace("\0", "").strip()
    text, kinds = kinds_of(asked)
    one = next((kind for kind in KINDS if kind.name == request.GET.get("kind")), None)
    if request.GET.get("fmt") == "palette":
        return palette(request, asked)
    if one is None and (record := exact(request.user, text)):
        return redirect(record)
    groups = search(request.user, text, [one] if one else kinds, per_group=50 if one else 10)
    near = [] if groups else alike(request.user, text, [one] if one else kinds)
    context = {
        "text": asked, "groups": groups or near, "is_guess": bool(near), "meant": meant(text, near), "kinds": KINDS,
        "kind": one, "marked": lambda value: segments(value, text), "title_of": title_of, "hint_of": hint_of,
    }  # fmt: skip
    return page(request, "reports/search.html", context)


def palette(request: HtmxRequest, asked: str) -> HttpResponse:
    """The records that the palette offers, as options of its list."""
    text, kinds = kinds_of(asked)
    straight = exact(request.user, text) if kinds is KINDS else None
    groups = search(request.user, text, kinds, per_group=IN_PALETTE)
    near = [] if groups or straight else alike(request.user, text, kinds, per_group=3)
    context = {
        "text": text, "groups": groups or near, "straight": straight, "is_guess": bool(near),
        "marked": lambda value: segments(value, text), "title_of": title_of, "hint_of": hint_of,
    }  # fmt: skip
    answer = page(request, "reports/palette.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
