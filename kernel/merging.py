"""A form laid over a record that somebody else has changed since the form was shown: three ways, field by field."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel import formats
from kernel.conflicts import Authors, Difference, EditConflict, rest_of

Shown = dict[str, Any]  # what each field showed: texts, and yes or no for boxes to tick


class Merge:
    """What a form says, laid over the record as somebody else has left it."""

    def __init__(self, form: Any, before: Shown, fresh: Any) -> None:
        self.form, self.before, self.fresh = form, before, fresh
        self.now = shown_by(fresh)
        self.version: int = fresh.instance.version
        names = [name for name in form.fields if name in before and name in self.now]
        self.theirs = [name for name in names if before[name] != self.now[name]]
        self.mine = [name for name in form.fields if name not in before or self.i_changed(name)]
        self.both = [name for name in self.theirs if name in self.mine and not self.same_now(name)]
        self.authors = Authors.of(fresh.instance) if self.theirs else Authors()

    def i_changed(self, name: str) -> bool:
        return not self.means(name, self.before[name], self.form)

    def same_now(self, name: str) -> bool:
        """Whether both made the same of it."""
        return self.means(name, self.now[name], self.fresh)

    def means(self, name: str, text: Any, form: Any) -> bool:
        """Whether the text, as a field shows it, is the value that this form says."""
        said = self.form.said_by(name)
        if text == plain_text(self.form.add_prefix(name), self.form):
            return True
        try:
            meant = form.fields[name].clean(text)
        except ValidationError:
            return text in ("", None) and said in ("", None)
        return bool(meant == said or (meant in ("", None) and said in ("", None)))

    def values(self) -> dict[str, Any]:
        """What is to be written: mine where only I changed it; raises EditConflict where both did."""
        if self.both:
            raise EditConflict(
                self.fresh.instance, [self.difference(name) for name in self.both], version=self.version,
                typed=self.rest(), shown=json.dumps(self.now), merged=self.taken(),
            )  # fmt: skip
        found: dict[str, Any] = self.form.said_of_fields(self.mine)
        return found

    @property
    def note(self) -> str:
        """What came from the other one, for the toast and the history."""
        if not (taken := self.taken()):
            return ""
        people = {self.authors.of_field(name)[0] for name in self.theirs} - {""}
        return _("Merged with what %(people)s changed meanwhile: %(fields)s.") % {
            "people": ", ".join(sorted(people)) or _("somebody else"), "fields": ", ".join(taken),
        }  # fmt: skip

    def taken(self) -> list[str]:
        """The labels of what only the other one changed."""
        return [str(self.form[name].label) for name in self.theirs if name not in self.mine]

    def rest(self) -> list[tuple[str, str]]:
        """The undecided remainder of the form: what I did not touch is sent as it stands now."""
        data = self.form.data.copy()
        for name in self.theirs:
            if name not in self.mine:
                now = self.now[name]
                values = now if isinstance(now, list) else [as_typed(now)]
                data.setlist(self.form.add_prefix(name), values)
        return rest_of(data, {self.form.add_prefix(name) for name in self.both})

    def difference(self, name: str) -> Difference:
        who, at = self.authors.of_field(name)
        html_name = self.form.add_prefix(name)
        said = plain_text(html_name, self.form)
        return Difference(
            name=html_name, label=str(self.form[name].label), original=self.read(name, self.before[name]),
            yours=self.read(name, said), others=self.read(name, self.now[name]), mine=as_typed(said),
            theirs=as_typed(self.now[name]), who=who, at=at,
            is_text=isinstance(self.form.fields[name].widget, forms.Textarea),
        )  # fmt: skip

    def read(self, name: str, text: Any) -> str:
        """What a field shows, as a person reads it."""
        field: Any = self.fresh.fields[name]
        if isinstance(text, bool):
            return _("Yes") if text else _("No")
        if hasattr(field, "choices"):
            labels = {str(value): str(label) for value, label in flat(field.choices)}
            return labels.get(str(text), str(text)) if text else formats.NOTHING
        if type(field) is forms.DateField and text:
            try:
                return formats.day_text(field.clean(text))
            except ValidationError:
                return str(text)
        return str(text or formats.NOTHING)


def flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += flat(label) if isinstance(label, list | tuple) else [(value, label)]
    return found


def shown_by(form: forms.BaseForm) -> Shown:
    """What each field of an untouched form shows: texts, and yes or no for boxes to tick."""
    found: Shown = {}
    for name, field in form.fields.items():
        value = field.prepare_value(form.get_initial_for_field(field, name))
        if isinstance(field.widget, forms.CheckboxInput):
            found[name] = bool(value)
            continue
        text = field.widget.format_value(value)
        if isinstance(text, list | tuple):
            several = getattr(field.widget, "allow_multiple_selected", False)
            text = [str(one) for one in text] if several else next(iter(text), "")
        found[name] = unified(text)
    return found


def snapshot(form: Any) -> Shown | None:
    """What the form says it showed at first; nothing where it does not say, or not in our words."""
    try:
        said = json.loads(form.data.get("shown", ""))
    except ValueError:
        return None
    return said if isinstance(said, dict) and said else None


def plain_text(html_name: str, form: forms.BaseForm) -> Any:
    """What was typed, in the shape of ``shown_by``."""
    name = html_name.removeprefix(f"{form.prefix}-") if form.prefix else html_name
    value = form.fields[name].widget.value_from_datadict(form.data, form.files, html_name)
    return value if isinstance(value, bool) else unified(value)


def unified(text: Any) -> Any:
    """A text with line ends as every system writes them alike, and no spaces around it."""
    if isinstance(text, list):
        return text
    return "" if text is None else str(text).replace("\r\n", "\n").strip()


def as_typed(text: Any) -> str:
    """A shown value as a browser would send it."""
    if isinstance(text, bool):
        return "on" if text else ""
    return str(text)
