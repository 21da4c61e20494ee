"""The product's addresses, and the bare views."""

from django.urls import path

from benchmarks import bare
from salesops import urls

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns = [
    path("bare/leads/", bare.leads),
    path("bare/quotes/", bare.quotes),
    path("bare/lines/<int:quote>/", bare.lines),
    *urls.urlpatterns,
]
