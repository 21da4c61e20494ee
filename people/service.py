"""Service users: the names under which machines act, so that 'who' is never empty."""

from people.models import Role, User

SERVICES = {
    "expiry": "Expiry clock",
    "integration": "ERP integration",
    "customer": "Customer (public page)",
    "import": "Import",
    "web": "Web form",
    "reminders": "Reminder clock",
    "reports": "Report clock",
    "duplicates": "Search for duplicates",
}


def service_user(name: str) -> User:
    """The user a machine acts as; made on first use, can never sign in."""
    user, _made = User.objects.get_or_create(
        username=f"service.{name}",
        defaults={
            "first_name": SERVICES[name],
            "role": Role.INTEGRATION,
            "is_service": True,
            "password": "!",
        },
    )
    return user
