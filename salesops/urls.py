"""The roof of all addresses.

Leads and opportunities live under their own name; every other app brings whole paths, because a step that makes a
document stands at the address of the one it starts from: ``/quotes/<ref>/accept/`` is a page of the orders.
"""

from importlib.util import find_spec

from csp.decorators import csp_update
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from kernel import health

# Swagger's style sheet draws its icons from data: addresses; nothing else of the policy is loosened.
api_docs = csp_update({"img-src": "data:"})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))


def _app(prefix: str, app: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(f"{app}.urls"))] if find_spec(f"{app}.urls") else []


handler403 = "kernel.http.forbidden"
handler404 = "kernel.http.not_found"
handler500 = "kernel.http.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", api_docs, name="api-docs"),
    path("api/v1/", include("salesops.api")),
    *_app("leads/", "leads"),
    path("", include("leads.web_urls")),
    path("settings/leads/", include("leads.settings_urls")),
    path("settings/", include("opportunities.settings_urls")),
    *_app("", "opportunities"),  # whole paths, because qualifying stands at the address of the lead
    *_app("", "quotes"),
    *_app("", "orders"),
    *_app("", "invoices"),
    *_app("", "kernel"),
    *_app("", "people"),
    *_app("duplicates/", "duplicates"),
    *_app("", "catalog"),
    *_app("", "customers"),
    *_app("", "activities"),
    *_app("", "integrations"),
    *_app("", "imports"),
    *_app("", "forecasts"),
    *_app("", "reports"),
]
