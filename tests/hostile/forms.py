"""A form as a browser sees it: its fields, what stands in them, and the words beside them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"input", "br", "hr", "img", "meta", "link", "source", "area", "base", "col", "wbr"}


@dataclass
class Field:
    """One named control of a form."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    invalid: bool = False


@dataclass
class Form:
    """A form of the page that is sent by POST."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """What a browser would send if nobody touched anything."""
        return {one.name: one.values for one in self.fields.values() if one.values}


class Reader(HTMLParser):
    """Reads every POST form of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.area: Field | None = None
        self.select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form" and of.get("method", "").lower() == "post":
            self.form = Form(of.get("action", ""))
            self.forms.append(self.form)
        elif self.form is not None and tag in ("input", "textarea", "select") and of.get("name"):
            self.control(tag, of)
        elif tag == "option" and self.select is not None:
            value = of.get("value", "")
            self.select.options.append(value)
            if "selected" in of:
                self.select.values.append(value)

    def control(self, tag: str, of: dict[str, str]) -> None:
        assert self.form is not None
        kind = of.get("type", "text") if tag == "input" else tag
        one = self.form.fields.setdefault(of["name"], Field(of["name"], kind))
        one.invalid |= of.get("aria-invalid") == "true"
        if kind in ("checkbox", "radio"):
            one.options.append(of.get("value", "on"))
            if "checked" in of:
                one.values.append(of.get("value", "on"))
        elif tag == "input":
            one.values.append(of.get("value", ""))
        self.area = one if tag == "textarea" else None
        if tag == "textarea":
            one.values.append("")
        self.select = one if tag == "select" else None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.values[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "textarea" and self.area is not None:
            self.area.values[-1] = self.area.values[-1].removeprefix("\n")
            self.area = None
        if tag == "select" and self.select is not None:
            if not self.select.values and self.select.options:
                self.select.values.append(self.select.options[0])
            self.select = None


def forms_of(html: str) -> list[Form]:
    reader = Reader()
    reader.feed(html)
    return reader.forms
