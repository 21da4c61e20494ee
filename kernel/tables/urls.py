"""The tools of every list stand below its name: ``/lists/leads/columns/``."""

from django.urls import path

from kernel.tables import acting_web, cell_web, web

app_name = "lists"

urlpatterns = [
    path("<slug:name>/", web.tools, name="tools"),
    path("<slug:name>/open/<uuid:public_id>/", web.open_view, name="open"),
    path("<slug:name>/filter/", web.add_filter, name="filter"),
    path("<slug:name>/columns/", web.choose_columns, name="columns"),
    path("<slug:name>/views/new/", web.new_view, name="view-new"),
    path("<slug:name>/views/<uuid:public_id>/", web.change_view, name="view"),
    path("<slug:name>/views/<uuid:public_id>/save/", web.save_view, name="view-save"),
    path("<slug:name>/views/<uuid:public_id>/delete/", web.delete_view, name="view-delete"),
    path("<slug:name>/export/", acting_web.take_away, name="export"),
    path("<slug:name>/export/file/", acting_web.export_file, name="export-file"),
    path("<slug:name>/bulk/", acting_web.act, name="bulk"),
    path("<slug:name>/cells/<int:pk>/<str:column>/", cell_web.cell, name="cell"),
]
