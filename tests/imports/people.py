"""Leads as they come in bought lists: real-looking people, companies, phones in many shapes, slips of the pen."""

import csv
import io
import random
import unicodedata

FIRST = [
    *[
        "Anna",
        "Bernd",
        "Claudia",
        "Dieter",
        "Eva",
        "Frank",
        "Gisela",
        "Hans",
        "Inge",
        "Jürgen",
        "Katrin",
        "Lars",
        "Monika",
        "Norbert",
        "Özlem",
        "Peter",
        "Renate",
    ],
    *[
        "Sönke",
        "Thomas",
        "Ute",
        "Volker",
        "Wiebke",
        "Yasmin",
        "Zoë",
        "Ada",
        "Brian",
        "Chloé",
        "Dmitri",
        "Elena",
        "François",
        "Grace",
        "Håkon",
        "Isabel",
        "José",
    ],
]
LAST = [
    *[
        "Müller",
        "Schmidt",
        "Schneider",
        "Fischer",
        "Weber",
        "Meyer",
        "Wagner",
        "Becker",
        "Schulz",
        "Hoffmann",
        "Schäfer",
        "Koch",
        "Bauer",
        "Richter",
    ],
    *[
        "Klein",
        "Wolf",
        "Schröder",
        "Neumann",
        "Schwarz",
        "Zimmermann",
        "Braun",
        "Krüger",
        "Hofmann",
        "Hartmann",
        "Lange",
        "Schmitt",
        "Werner",
    ],
    *[
        "Krause",
        "Lehmann",
        "Köhler",
        "Groß",
        "Nuñez",
        "O'Brien",
        "Lefèvre",
        "Kowalski",
        "Søndergaard",
        "Nguyễn",
        "van-der-Berg",
    ],
]
STEMS = [
    *[
        "Alpen",
        "Nord",
        "Süd",
        "Rhein",
        "Elbe",
        "Stern",
        "Adler",
        "Falken",
        "Eisen",
        "Kupfer",
        "Blitz",
        "Quell",
        "Wald",
        "Hafen",
        "Turm",
        "Brücken",
    ],
    *["Sonnen", "Morgen", "Licht", "Donau", "Spree", "Main", "Neckar", "Isar", "Fels", "Berg"],
]
TRADES = [
    "technik",
    "bau",
    "logistik",
    "druck",
    "werk",
    "handel",
    "systeme",
    "service",
    "mechanik",
    "chemie",
    "optik",
    "plan",
    "guss",
]
FORMS = ["GmbH", "AG", "KG", "GmbH & Co. KG", "e.K.", "UG", "SE", "Ltd", ""]
CITIES = [("70173", "Stuttgart"), ("10115", "Berlin"), ("20095", "Hamburg"), ("80331", "München"), ("50667", "Köln"),
          ("01067", "Dresden"), ("28195", "Bremen"), ("90402", "Nürnberg")]  # fmt: skip
STREETS = [
    "Hauptstraße",
    "Bahnhofstr.",
    "Goetheweg",
    "Industriering",
    "Am Markt",
    "Schloßplatz",
    "Lange Gasse",
]
HEADER = [
    "Vorname",
    "Nachname",
    "Firma",
    "E-Mail",
    "Tel.",
    "Straße",
    "PLZ",
    "Ort",
    "Land",
    "Quelle",
    "Betrag",
    "Notiz",
]


def leads(count: int, *, doubles: float = 0.08, seed: int = 7, first: int = 0) -> list[list[str]]:
    """So many rows; that share of them are earlier rows once more, written a little differently."""
    dice = random.Random(seed)
    rows: list[list[str]] = []
    for number in range(count):
        if rows and dice.random() < doubles:
            rows.append(again(dice.choice(rows), dice))
        else:
            rows.append(fresh(first + number, dice))
    return rows


def fresh(number: int, dice: random.Random) -> list[str]:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    company = f"{dice.choice(STEMS)}{dice.choice(TRADES)} {number} {dice.choice(FORMS)}".strip()
    host = plain(f"{company.split()[0]}{number}.de")
    email = f"{plain(first)}.{plain(last)}@{host}"
    postcode, city = dice.choice(CITIES)
    line = f"{711 + number % 200}{100000 + number * 7 % 900000}"
    phone = dice.choice(["+49 {}", "0{}", "0049-{}", "(0{})", "+49 (0) {}"]).format(line)
    street = f"{dice.choice(STREETS)} {dice.randint(1, 199)}"
    amount = f"{dice.randint(1, 90)}.{dice.randint(0, 999):03},{dice.randint(0, 99):02}"
    note = dice.choice(["", "", "Bitte anrufen", 'sagt: "später"', "zwei\nZeilen", "a;b"])
    return [first, last, company, email, phone, street, postcode, city, "Deutschland",
            dice.choice(["Messe", "Web", "Empfehlung", "Sonstige"]), amount, note]  # fmt: skip


def plain(text: str) -> str:
    """As it stands in an address."""
    known = text.lower().translate(str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "'": ""}))
    return unicodedata.normalize("NFKD", known).encode("ascii", "ignore").decode()


def again(row: list[str], dice: random.Random) -> list[str]:
    """The same person as somebody else wrote them down."""
    copy = list(row)
    copy[11] = f"{copy[11]} (2)"
    slip = dice.randrange(4)
    if slip == 0:
        copy[3] = copy[3].upper()
    elif slip == 1:
        copy[0], copy[1] = copy[1], copy[0]
    elif slip == 2:
        copy[2] = copy[2].replace("GmbH", "Gesellschaft mbH")
        copy[4] = copy[4].replace(" ", "")
    return copy


def as_csv(
    rows: list[list[str]], *, header: list[str] = HEADER, delimiter: str = ";", encoding: str = "utf-8"
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode(encoding)
