"""Bring every stored secret under the current key, so that the old key can be thrown away."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations import actions


class Command(BaseCommand):
    help = "Encrypt all secrets of connections anew under the first key of SALESOPS_SECRET_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.reencrypt_secrets()} connections use the current key.")
