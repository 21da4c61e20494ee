"""The demo ERP as a process, spoken to over HTTP only."""

from tests.integrations.erp_fixtures import demo_erp, demo_erp_process

__all__ = ["demo_erp", "demo_erp_process"]
