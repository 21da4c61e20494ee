"""The product as `./dev run` starts it, with tables made at once and cheap passwords, so that a browser waits less."""

from salesops.settings import *  # noqa: F403

MIGRATION_MODULES = {name.rsplit(".", 1)[-1]: None for name in INSTALLED_APPS}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
