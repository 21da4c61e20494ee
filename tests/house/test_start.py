"""The processes start safely or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {"PATH": os.environ["PATH"], "ALLOWED_HOSTS": "crm.example.com"}


def manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280, check=False
    )


def test_without_a_secret_key_nothing_starts() -> None:
    done = manage("check", **PRODUCTION)

    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_the_production_settings_pass_every_deployment_check() -> None:
    key = "".join(chr(33 + (index * 7) % 90) for index in range(60))

    done = manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=key, **PRODUCTION)

    assert done.returncode == 0, done.stderr


def test_the_one_process_server_refuses_to_run_beside_a_real_broker() -> None:
    env = {**PRODUCTION, "SECRET_KEY": "k" * 60, "REDIS_URL": "redis://127.0.0.1:1/0"}

    done = manage("serve", **env)

    assert done.returncode != 0
    assert "REDIS_URL is set" in done.stderr


@pytest.mark.django_db
def test_probes_need_no_log_in(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok", "database": True}


def test_a_broken_database_takes_the_process_out_of_the_rotation(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No database mark: pytest-django itself refuses the connection, so stand in the error a driver raises.
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert "refused" not in answer.content.decode()
    assert client.get("/health/live").status_code == 200
