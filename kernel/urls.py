"""Pages that belong to no record."""

from django.urls import include, path

from kernel import styleguide

urlpatterns = [
    path("lists/", include("kernel.tables.urls")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/dialog/", styleguide.styleguide_dialog, name="styleguide-dialog"),
    path("styleguide/charts/", styleguide.styleguide_charts, name="styleguide-charts"),
]
