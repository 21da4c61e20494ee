"""What somebody may say about themselves."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from people.models import User


def zones() -> list[str]:
    """The zones this machine knows, by name."""
    return sorted(available_timezones())


class ProfileForm(forms.ModelForm[User]):
    """Name, address and how the pages look to this person; never the role or the team."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [(name, name) for name in zones()])
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "language", "time_zone", "theme")
