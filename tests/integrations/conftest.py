import pytest

from integrations import gate
from kernel import outbox
from tests.integrations.erp_fixtures import demo_erp, demo_erp_process, tryton_lab

__all__ = ["demo_erp", "demo_erp_process", "tryton_lab"]


@pytest.fixture(autouse=True)
def local_erp(settings):
    """ERPs of tests live on loopback, and nobody waits for real."""
    settings.SALESOPS_ALLOW_LOCAL_ERP = True


@pytest.fixture
def bell(monkeypatch):
    """What was rung, instead of a broker."""
    rung = []

    def send_task(name, args=(), **options):
        rung.append((name, *args))

    monkeypatch.setattr(outbox.current_app, "send_task", send_task)
    return rung


@pytest.fixture
def hurry(settings, monkeypatch):
    """A quarantine of three minutes lasts two seconds, and no breaker trips over the many failures."""
    settings.SALESOPS_TIME_SCALE = 0.01
    monkeypatch.setattr(gate, "MINIMUM", 10_000)
