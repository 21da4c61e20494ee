import socket

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection as database
from django.urls import reverse

from integrations import actions, addresses, secrets
from integrations.models import Connection
from kernel.errors import DomainError
from people.models import Role
from tests.factories import UserFactory

CANARY = "canary-token-7f3a"
OLD, NEW = f"old:{Fernet.generate_key().decode()}", f"new:{Fernet.generate_key().decode()}"


@pytest.fixture
def connection(db, settings):
    settings.SALESOPS_SECRET_KEYS = [OLD]
    made = Connection(code="demo", name="Demo", kind="rest", base_url="http://127.0.0.1:9")
    return actions.save_connection(made, secret=CANARY, webhook_secret=f"{CANARY}-hook")


def everything_stored():
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM integrations_connection")
        return str(cursor.fetchall())


def test_a_secret_is_nowhere_in_the_database_in_clear(connection):
    assert CANARY not in everything_stored()
    assert Connection.objects.get().secret == CANARY


def test_the_administration_takes_a_secret_and_never_gives_it_back(connection, client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True))
    address = reverse("admin:integrations_connection_change", args=[connection.pk])

    page = client.get(address).content.decode()
    assert CANARY not in page
    assert connection.secret_ciphertext not in page

    form = {
        "name": "Renamed", "kind": "rest", "base_url": connection.base_url, "options": "{}", "secret": "",
        "webhook_secret": "", "max_concurrency": 4, "rate_limit_per_min": 600, "user_name": "",
        "code_mappings-TOTAL_FORMS": 0, "code_mappings-INITIAL_FORMS": 0,
    }  # fmt: skip
    response = client.post(address, form)
    assert response.status_code == 302, response.context["errors"]
    connection.refresh_from_db()
    assert (connection.name, connection.secret) == ("Renamed", CANARY)


def test_keys_rotate_and_no_row_stays_under_the_old_one(connection, settings):
    settings.SALESOPS_SECRET_KEYS = [NEW, OLD]
    assert Connection.objects.get().secret == CANARY

    call_command("reencrypt_secrets")

    settings.SALESOPS_SECRET_KEYS = [NEW]
    found = Connection.objects.get()
    assert (found.secret, found.secret_key_id) == (CANARY, "new")
    assert "old:" not in everything_stored()


def test_a_missing_key_is_said_plainly(connection, settings):
    settings.SALESOPS_SECRET_KEYS = [NEW]

    with pytest.raises(ImproperlyConfigured, match="'old'"):
        Connection.objects.get().secret  # noqa: B018


def test_without_keys_one_is_derived_and_works(settings):
    settings.SALESOPS_SECRET_KEYS = []

    ciphertext, key_id = secrets.encrypt("x")

    assert key_id == "derived"
    assert secrets.decrypt(ciphertext) == "x"


REFUSED = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://10.0.0.1/",
    "https://172.16.3.4/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://0.0.0.0/",
    "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://100.64.0.1/",
    "https://224.0.0.1/", "https://[ff02::1]/", "https://255.255.255.255/", "https://[::]/", "https://192.0.2.1/",
    "https://198.18.0.1/", "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/", "https://localhost/",
    "https://localhost:6379/", "http://93.184.216.34/", "ftp://93.184.216.34/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO", "https://user@93.184.216.34/", "https://user:pw@93.184.216.34/",
    "https://93.184.216.34@127.0.0.1/", "https://93.184.216.34/#frag", "https://93.184.216.34/?x=1",
    "https://93.184.216.34:99999/", "https://93.184.216.34:x/", "https:///nohost", "https://", "//93.184.216.34/", "",
    "javascript:alert(1)", "https://a..b/", "https://name.invalid/", "https://[::1", "https://127.0.0.1.:443/",
    "https://[::127.0.0.1]/", "https://240.0.0.1/", "https://[2001:db8::1]/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_leads_inside_is_refused(settings, url):
    settings.SALESOPS_ALLOW_LOCAL_ERP = False

    with pytest.raises(DomainError) as refusal:
        addresses.check_base_url(url)

    assert refusal.value.field == "base_url"


@pytest.mark.parametrize(
    "url", ["https://93.184.216.34/", "https://93.184.216.34:8443/api", "https://[2606:4700::1111]/"]
)
def test_a_public_address_over_tls_is_allowed(settings, url):
    settings.SALESOPS_ALLOW_LOCAL_ERP = False

    assert addresses.check_base_url(url)


def test_one_private_address_among_public_ones_refuses_the_name(settings, monkeypatch):
    settings.SALESOPS_ALLOW_LOCAL_ERP = False
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)

    with pytest.raises(DomainError, match=r"10\.0\.0\.7"):
        addresses.check_base_url("https://erp.example.com/")


def test_an_operator_may_open_loopback_or_one_private_network(settings):
    settings.SALESOPS_ALLOW_LOCAL_ERP = True
    assert addresses.check_base_url("http://127.0.0.1:8801") == ["127.0.0.1"]

    settings.SALESOPS_ERP_NETWORKS = ["10.20.0.0/16"]
    assert addresses.check_base_url("https://10.20.3.4/") == ["10.20.3.4"]
    with pytest.raises(DomainError):
        addresses.check_base_url("https://10.21.3.4/")
