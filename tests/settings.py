"""The product's own settings under test: a key, cheap password hashing, and a broker namespace of its own."""

import os
from typing import Any

os.environ.setdefault("SECRET_KEY", "a key that only the tests know, long enough to satisfy every check")
os.environ.setdefault("HTTPS", "0")
# Playwright keeps an event loop in the main thread; the ORM beside it is meant and runs in turn.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
# Each test worker has a broker of its own on the same server.
os.environ.setdefault("REDIS_PREFIX", f"crm-test-{os.environ.get('PYTEST_XDIST_WORKER', '')}:")
os.environ.setdefault("API_RATE_USER", "100000/minute")
os.environ.setdefault("API_RATE_ANONYMOUS", "100000/minute")
os.environ.setdefault("CUSTOMER_RATE_LINK", "100000")
os.environ.setdefault("CUSTOMER_RATE_ADDRESS", "100000")
os.environ.setdefault("WEB_FORM_RATE_ADDRESS", "100000")
os.environ.setdefault("WEB_FORM_RATE_FORM", "100000")

from salesops.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_database: dict[str, Any] = DATABASES["default"]  # noqa: F405
# A thread of the live server lives as long as its browser: it must not hold a database that is to be removed.
_database["CONN_MAX_AGE"] = 0
if "sqlite" in _database["ENGINE"]:
    # A test database may be lost with the power; waiting for the disk would be most of its time.
    _options = _database["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")
