"""Who buys from Nordlicht Machines."""

from decimal import Decimal
from random import Random

from catalog.models import PaymentTerms, PriceList, Territory
from customers.actions import create_account, create_contact
from customers.models import Account
from people.models import User
from salesops.demo.catalog import NORDICS
from salesops.demo.group import make_group

COMPANIES = [
    ("Borg Maschinenbau", "Werkstraße 4", "70435", "Stuttgart", "DE"), ("Hansen & Søn", "Havnegade 12", "8000", "Aarhus", "DK"),
    ("Atelier Mécanique Lyon", "12 rue de la Fonderie", "69007", "Lyon", "FR"), ("Acme Precision", "88 Foundry Lane", "S9 2GB", "Sheffield", "GB"),
    ("Kraft Getriebe", "Industriering 31", "58097", "Hagen", "DE"), ("Ventura Aerospace", "410 Harbor Blvd", "93001", "Ventura", "US"),
    ("Müller Feinmechanik", "Am Bach 7", "78532", "Tuttlingen", "DE"), ("Österreichische Walzen", "Hüttenweg 2", "4020", "Linz", "AT"),
    ("Polska Obróbka", "ul. Stalowa 15", "40-610", "Katowice", "PL"), ("Novotny Tools", "Průmyslová 8", "602 00", "Brno", "CZ"),
    ("Rhein Pumpen", "Uferstraße 90", "47119", "Duisburg", "DE"), ("Officine Bianchi", "Via Torino 44", "10093", "Collegno", "IT"),
    ("Talleres Ibarra", "Calle del Hierro 3", "48902", "Barakaldo", "ES"), ("Nordic Turbine", "Maskingatan 5", "721 30", "Västerås", "SE"),
    ("Zermatt Uhrenteile", "Bahnhofplatz 1", "2540", "Grenchen", "CH"), ("Delta Hydraulik", "Kanalstraße 11", "28217", "Bremen", "DE"),
    ("Schmidt & Sohn", "Lindenallee 23", "09111", "Chemnitz", "DE"), ("Baltic Marine Works", "Ostseekai 2", "24103", "Kiel", "DE"),
    ("Fjord Robotics", "Strandgata 9", "5004", "Bergen", "NO"), ("Meyer Formenbau", "Gewerbepark 6", "92318", "Neumarkt", "DE"),
    ("Ardennes Outillage", "Rue du Moulin 18", "4000", "Liège", "BE"), ("Van Dijk Verspaning", "Ambachtsweg 40", "5651 GH", "Eindhoven", "NL"),
    ("Helios Solarmontage", "Sonnenweg 14", "79110", "Freiburg", "DE"), ("Kobayashi Tooling", "2-4-1 Kitahama", "541-0041", "Osaka", "JP"),
    ("Carpathia Auto Parts", "Strada Uzinei 77", "400641", "Cluj-Napoca", "RO"), ("Lakeside Medical Devices", "1200 Lake Ave", "53202", "Milwaukee", "US"),
    ("Pfeiffer Vakuum Service", "Ringstraße 55", "35614", "Aßlar", "DE"), ("Granit Steinmetz", "Bruchweg 3", "95100", "Selb", "DE"),
]  # fmt: skip
FIRST = ["Anna", "Björn", "Carla", "David", "Elif", "François", "Greta", "Henrik", "Ines", "Jonas", "Katarzyna", "Luca",
         "Marta", "Nils", "Olga", "Paul", "Renée", "Stefan", "Tomáš", "Ursula"]  # fmt: skip
LAST = ["Albrecht", "Berger", "Conti", "Dubois", "Eriksson", "Fischer", "García", "Hofmann", "Iversen", "Jansen",
        "Keller", "Lindqvist", "Moreau", "Nowak", "Olsen", "Petersen", "Richter", "Schulz", "Tanaka", "Vogel"]  # fmt: skip
STATES = {"93001": "CA", "53202": "WI"}
ROLES = {"Head of purchasing": "Purchasing", "Production manager": "User", "Managing director": "Decision maker",
         "Maintenance lead": "Technical", "Engineer": "Influencer"}  # fmt: skip
JOBS = ["Head of purchasing", "Production manager", "Managing director", "Maintenance lead", "Engineer"]


def make_customers(people: dict[str, User], chance: Random) -> list[Account]:
    """Twenty-eight companies with one to three people each, spread over the reps."""
    reps = [people["ada"], people["ben"], people["chloe"]]
    terms = {terms.code: terms for terms in PaymentTerms.objects.all()}
    keys = PriceList.objects.get(name="Key accounts EUR")
    nordics = Territory.objects.get(name="Nordics")
    made = []
    for number, (name, street, postcode, city, country) in enumerate(COMPANIES):
        rep = reps[number % 3]
        domain = "".join(c for c in name.lower().split()[0] if c.isascii() and c.isalpha()) or "firm"
        account = create_account(
            by=people["admin"], name=name, street=street, postcode=postcode, city=city, country=country, owner=rep,
            team=rep.team, email=f"info@{domain}.example", phone=f"+49 30 55{number:02} {chance.randint(100, 999)}",
            payment_terms=terms[["NET30", "NET14", "NET30", "PRE"][number % 4]], industry="Mechanical engineering",
            region=STATES.get(postcode, ""), territory=nordics if country in NORDICS else None,
            price_list=keys if number % 7 == 0 and country != "US" else None,
            tax_treatment="reverse_charge" if country in {"DK", "PL", "SE"} else "normal",
            credit_limit=Decimal(250_000 + 50_000 * (number % 10)),
        )  # fmt: skip
        for _each in range(chance.randint(1, 3)):
            first, last = chance.choice(FIRST), chance.choice(LAST)
            job = chance.choice(JOBS)
            create_contact(
                by=people["admin"], account=account, first_name=first, last_name=last, owner=rep, team=rep.team,
                job_title=job, role=ROLES[job], email=f"{last.lower()}@{domain}.example" if last.isascii() else "",
                phone=account.phone[:-3] + str(chance.randint(100, 999)),
            )  # fmt: skip
        made.append(account)
    make_group(made, people)
    return [Account.objects.get(pk=one.pk) for one in made]
