"""A form field for figures as people write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.figures import read_figure, show_figure


class FigureField(forms.DecimalField):
    """A number typed as 1,250.5 or 1.250,5; shown without idle zeros."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return read_figure(str(value))
        except ValueError as error:
            raise forms.ValidationError(_("Type a number, such as 1250.50."), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return show_figure(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
