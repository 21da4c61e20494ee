"""Teams form a tree, never a circle."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db


def test_a_team_is_never_its_own_ancestor():
    top = TeamFactory()
    below = TeamFactory(parent=TeamFactory(parent=top))

    for circle in (below, top):
        top.parent = circle
        with pytest.raises(ValidationError):
            top.save()

    top.refresh_from_db()
    assert (top.parent, below.path.startswith(top.path)) == (None, True)


def test_moving_a_team_moves_those_below_it():
    one, other = TeamFactory(), TeamFactory()
    middle = TeamFactory(parent=one)
    leaf = TeamFactory(parent=middle)

    middle.parent = other
    middle.save()

    leaf.refresh_from_db()
    assert leaf.path == f"/{other.pk}/{middle.pk}/{leaf.pk}/"
