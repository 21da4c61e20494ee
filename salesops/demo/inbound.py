"""How leads reach Nordlicht Machines: a form on the web site, rules that give them out, a queue, a little spam."""

from random import Random
from typing import Any

from leads.actions import create_lead
from leads.models import AssignmentRule, ScoreRule, WebForm
from leads.rule_actions import save_assignment_rule, save_web_form
from leads.usual_rules import USUAL
from leads.web_actions import Visit, receive_entry
from people.models import Team, User
from salesops.demo.customers import FIRST, LAST
from salesops.demo.past import happened

VISITORS = [
    ("Weber Präzision", "DE", "70565", "We look for a five-axis machine for titanium parts."),
    ("Skåne Verkstad", "SE", "211 20", "Please send your list of spindles with prices."),
    ("Ateliers du Rhône", "FR", "69003", "Can your drives replace ours? Photos on request."),
    ("Donau Werkzeugbau", "AT", "4020", "Service contract for three machines, two of them not yours."),
    ("Hanse Schiffstechnik", "DE", "20457", "Training for four operators in November."),
    ("Bavaria Optik", "DE", "80331", "Measuring in the machine: what do you recommend?"),
    ("Tulip Robotics", "NL", "3011", "We build cells and would resell your machines."),
    ("Piemonte Stampi", "IT", "10121", "Quotation for a used or new CNC-120, delivery this year."),
]
SPAM = "Best SEO offers https://rank.example https://links.example https://cheap.example"


def usual_score_rules() -> None:
    """The rules that every organization starts with, where no migration has written them."""
    if not ScoreRule.objects.exists():
        ScoreRule.objects.bulk_create(
            ScoreRule(name=name, fact=fact, test=test, value=value, points=points, position=10 * number)
            for number, (name, fact, test, value, points) in enumerate(USUAL, 1)
        )


def rules_of(people: dict[str, User], north: Team, south: Team) -> list[dict[str, Any]]:
    """Large deals to the manager, the south to its queue, everything else in turn."""
    return [
        {
            "name": "Large deals to the manager",
            "value_from": 100_000,
            "target": "user",
            "user": people["mei"],
        },
        {
            "name": "Southern Germany, Austria, Italy",
            "countries": ["AT", "IT", "CH"],
            "target": "team",
            "team": south,
        },
        {
            "name": "Postcodes 70 to 89",
            "countries": ["DE"],
            "postcodes": ["70-89"],
            "target": "team",
            "team": south,
        },
        {"name": "Everything else in turn", "target": "round_robin", "team": north},
    ]


def make_inbound(people: dict[str, User], chance: Random) -> None:
    """Who gets what, the form, and what came in by it in the last days."""
    admin = people["admin"]
    north, south = (Team.objects.get(name=name) for name in ("North", "South"))
    for rule in rules_of(people, north, south):
        save_assignment_rule(AssignmentRule(), by=admin, **rule)
    form = save_web_form(
        WebForm(), by=admin, name="Contact form", title="Ask for an offer", topic="Request by web form",
        intro="Tell us what you make and what you need. We answer within one working day.", campaign="Web site",
        consent_text="You may use my details to answer this request.", button="Send request",
        thanks_text="Thank you. Somebody who knows your kind of work will get in touch.",
        fields={name: {"required": name in ("last_name", "email"), "label": ""} for name in
                ("first_name", "last_name", "company", "email", "phone", "postcode", "country", "timeframe", "need")},
    )  # fmt: skip
    for number, (company, country, postcode, need) in enumerate(VISITORS):
        visitor(form, number, company, country, postcode, need, chance)
    spam = {"first_name": "Rank", "last_name": "Booster", "email": "sales@rank.example", "need": SPAM}
    receive_entry(form, spam, consent=True, visit=Visit("203.0.113.9", suspicions=("links", "too_fast")))
    trade_fair(people, south, chance)


def visitor(
    form: WebForm, number: int, company: str, country: str, postcode: str, need: str, chance: Random
) -> None:
    first, last = chance.choice(FIRST), chance.choice([name for name in LAST if name.isascii()])
    domain = "".join(c for c in company.lower().split()[0] if c.isascii() and c.isalpha())
    values = {
        "first_name": first, "last_name": last, "company": company, "country": country, "postcode": postcode,
        "email": f"{last.lower()}@{domain}.example", "phone": f"+49 30 8{number:02} {chance.randint(100, 999)}",
        "timeframe": chance.choice(["immediate", "this_quarter", "next_quarter", ""]), "need": need,
    }  # fmt: skip
    visit = Visit(f"198.51.100.{number + 10}", "https://www.nordlicht.example/contact")
    entry = receive_entry(form, values, consent=True, visit=visit)
    if entry.lead is not None:
        happened(entry.lead, days_ago=number // 3)


def trade_fair(people: dict[str, User], team: Team, chance: Random) -> None:
    """Cards collected at a fair wait in the queue of a team for somebody to take them."""
    for number in range(14):
        last = chance.choice(LAST)
        lead = create_lead(
            by=people["mei"], team=team, topic="Talk at the fair", first_name=chance.choice(FIRST), last_name=last,
            company=f"{last} Technik", source="trade_show", campaign="EMO fair", rating=chance.choice(["warm", "cold"]),
            email=f"info@{''.join(c for c in last.lower() if c.isascii())}{number}.example" if number % 3 else "",
            phone=f"+49 711 40{number:02} {chance.randint(10, 99)}", country="DE", city="Stuttgart",
            job_title=chance.choice(["Head of production", "Buyer", ""]),
        )  # fmt: skip
        happened(lead, days_ago=2 + number % 5)
