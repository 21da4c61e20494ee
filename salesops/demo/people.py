"""Who works at Nordlicht Machines."""

from django.conf import settings

from people.models import Role, Team, User

PASSWORD = "salesops-demo"  # for a demo on loopback only; load_demo refuses to run anywhere else
PEOPLE = [
    ("ada", "Ada", "Long", Role.SALESPERSON, "North"),
    ("ben", "Ben", "Ruiz", Role.SALESPERSON, "North"),
    ("chloe", "Chloé", "Martin", Role.SALESPERSON, "South"),
    ("mei", "Mei", "Ito", Role.SALES_MANAGER, "Sales"),
    ("frank", "Frank", "Odum", Role.FINANCE, "Sales"),
    ("admin", "Alex", "Winter", Role.ADMINISTRATOR, "Sales"),
]


def make_people() -> dict[str, User]:
    """Three reps in two teams under one manager, finance and an administrator."""
    sales = Team.objects.create(name="Sales")
    teams = {
        "Sales": sales,
        **{name: Team.objects.create(name=name, parent=sales) for name in ("North", "South")},
    }
    made = {}
    for username, first, last, role, team in PEOPLE:
        user = User(
            username=username, first_name=first, last_name=last, role=role, team=teams[team],
            email=f"{username}@nordlicht.example", time_zone="Europe/Berlin",
            is_staff=role == Role.ADMINISTRATOR, is_superuser=role == Role.ADMINISTRATOR,
        )  # fmt: skip
        user.set_password(PASSWORD)
        user.save()
        made[username] = user
    return made


def write_logins() -> str:
    """The log-ins as a text for the terminal, kept beside the database."""
    lines = [f"  {username:<8} {PASSWORD}   {role.label}" for username, _f, _l, role, _t in PEOPLE]
    text = "Log in as:\n" + "\n".join(lines) + "\n"
    settings.VAR_DIR.mkdir(exist_ok=True)
    (settings.VAR_DIR / "logins.txt").write_text(text)
    return text
