"""The template environment of all pages: what a template may call, and how one part of a page is rendered."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import lucide
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext, npgettext, pgettext
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from kernel import badges, formats, story

_registered: dict[str, Callable[..., Any]] = {}
_environments: list[Environment] = []


class PartMissing(LookupError):
    """The page has no block of that name."""


def register_global(name: str, function: str | Callable[..., Any]) -> None:
    """Give templates a function of an upper app, from its ``AppConfig.ready``: ``{{ chain(quote) }}``.

    Given as a dotted path it is imported when a page first calls it, because models do not exist in apps.py.
    """
    _registered[name] = late(function) if isinstance(function, str) else function
    for made in _environments:
        made.globals[name] = _registered[name]


def late(path: str) -> Callable[..., Any]:
    """A function that is imported when it is first needed."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return import_string(path)(*args, **kwargs)

    return call


def environment(**options: Any) -> Environment:
    """Django's Jinja2 environment; an unknown name in a template is an error, never an empty space."""
    options["undefined"] = StrictUndefined
    made = Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(
        static=static,
        url=url,
        icon=icon,
        with_query=with_query,
        registered=registered,
        htmx_script=htmx_script,
        messages=get_messages,
        language=get_language,
        right_to_left=get_language_bidi,
        tone_of=badges.tone_of,
        said=story.said,
        told_changes=story.changed,
        told_note=story.noted,
        told_word=story.word,
    )
    made.globals.update(_registered)
    made.filters.update(formats.FILTERS)
    _environments.append(made)
    return made


def render_part(
    template_name: str, part: str, context: Mapping[str, Any], request: HttpRequest
) -> SafeString:
    """One block of a page, own or inherited, with everything the page defines around it."""
    template: Template = engines["jinja2"].get_template(template_name).template  # type: ignore[attr-defined]
    values = {
        **context,
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    scope = template.new_context(values)
    # Up to its first output a page only imports macros and collects the blocks of its ancestors: that much is
    # needed to render any block, and the rest of the page is not rendered at all.
    page = template.root_render_func(scope)
    next(page, None)
    if part not in scope.blocks:
        raise PartMissing(f"{template_name} has no part {part!r}")
    try:
        return mark_safe("".join(scope.blocks[part][0](scope)))
    except Exception:
        template.environment.handle_exception()


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page; empty while no such page exists, so that a link can be left out."""
    if not args and not kwargs:
        return _fixed_url(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=512)
def _fixed_url(name: str, urlconf: str, prefix: str) -> str:
    """The address of a page that takes no arguments: the same in every one of the menus that every page has."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def with_query(request: HttpRequest, **changes: Any) -> str:
    """The present address with some query parameters changed; None removes one."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return f"{request.path}?{urlencode(query, doseq=True)}" if query else request.path


@pass_context
def registered(context: Context, name: str, *args: Any) -> Any:
    """What an upper app's global answers, or nothing while that app is not installed."""
    function = _registered.get(name)
    if function is None:
        return None
    # A global that asks for the page's context, as the chain bar does for its reader, gets it here as well.
    return function(context, *args) if hasattr(function, "jinja_pass_arg") else function(*args)


@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """An outline icon beside a word; it says nothing to a screen reader."""
    return mark_safe(lucide._render_icon(name, size, **{"class": "icon", "aria-hidden": "true"}))
