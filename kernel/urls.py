"""Pages that belong to no record."""

from django.urls import path

from kernel import styleguide

urlpatterns = [
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/dialog/", styleguide.styleguide_dialog, name="styleguide-dialog"),
]
