"""Documents that hold everything a document can hold, in several languages and scripts; docs/samples shows them."""

# Cyrillic, Arabic and Japanese are meant here; a table of lines reads better with one line a row.
# ruff: noqa: RUF001, E501

import datetime as dt
from decimal import Decimal
from typing import Any

from catalog.models import PaymentTermsPart
from catalog.statement_printing import statement_data
from invoices.models import Instalment
from invoices.printing import InvoiceSheet
from kernel.statements import AgeingBucket, StatementEntry, StatementSheet
from orders.printing import OrderSheet
from quotes.printing import QuoteSheet
from salesops.demo.letterhead import make_letterhead
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ContactFactory, PaymentTermsFactory, UserFactory
from tests.printing.making import currency, with_lines

Sample = tuple[str, dict[str, Any]]  # the template and its data


def seller() -> Any:
    return UserFactory(first_name="Mei", last_name="Ito", email="mei@nordlicht.example")


def bill_to(account: Any) -> dict[str, str]:
    parts = ("name", "street", "postcode", "city", "country")
    return {f"bill_to_{part}": getattr(account, part) for part in parts}


def ship_to(name: str, street: str, postcode: str, city: str, country: str) -> dict[str, str]:
    return {
        "ship_to_name": name, "ship_to_street": street, "ship_to_postcode": postcode, "ship_to_city": city,
        "ship_to_country": country,
    }  # fmt: skip


def item(sku: str, text: str, quantity: str, price: str, **more: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "description": text,
        "quantity": Decimal(quantity),
        "unit_price": Decimal(price),
    } | more


def quote_de() -> Sample:
    account = AccountFactory(
        number="ACC-2026-00114", name="Borg Metallbau GmbH & Co. KG", street="Industrieweg 5", city="Berlin",
        tax_number="DE811907980",
    )  # fmt: skip
    terms = PaymentTermsFactory(code="2/10N30", net_days=30, early_percent=2, early_days=10)
    quote = QuoteFactory(
        number="QUO-2026-00311", revision=1, name="Umrüstung Halle 4", account=account, language="de", lines=0,
        contact=ContactFactory(first_name="Anna", last_name="Schmidt", account=account), owner=seller(),
        payment_terms=terms, currency=currency("EUR"), freight=Decimal(480), freight_tax_rate=Decimal(19),
        discount_percent=Decimal(3), shipping_method="Spedition", status="active", status_reason="open",
        requested_delivery_on=dt.date(2027, 2, 15), expires_on=dt.date(2026, 12, 22), terms_text="Es gelten unsere Allgemeinen Verkaufsbedingungen. Die Preise gelten ab Werk; "
        "Lieferzeiten beginnen mit unserer schriftlichen Auftragsbestätigung.", **bill_to(account),
        **ship_to("Borg Metallbau, Werk 2", "Am Kanal 3", "10999", "Berlin", "DE"),
    )  # fmt: skip
    section, note = {"kind": "section"}, {"kind": "note"}
    lines = [
        {"description": "Maschinen", **section},
        item("FZ-400", "Fräszentrum FZ 400 mit Werkzeugwechsler, Palettensystem und Späneförderer", "2", "48900", unit="Stk"),
        item("WZ-SET", "Werkzeugsatz, 24-teilig", "2", "0", unit="Stk", kind="included"),
        item("KM-60", "Kühlmittelanlage, 60 l", "2", "0", unit="Stk", kind="included"),
        item("DR-12", "Drehautomat DR 12", "1", "31250.50", unit="Stk", discount_percent=Decimal("7.5")),
        item("OPT-LASER", "Laser-Werkzeugvermessung", "2", "2890", unit="Stk", kind="optional"),
        {"description": "Einrichtung und Schulung", **section},
        item("MONT", "Montage und Inbetriebnahme", "36.5", "94", unit="Std"),
        item("SCHUL", "Schulung der Bediener vor Ort", "4", "780", unit="Tag", discount_amount=Decimal(120)),
        item("HB", "Bedienerhandbuch, gedruckt", "6", "38", unit="Stk", tax_rate=Decimal(7)),
        {"description": "Anfahrt und Unterkunft sind enthalten. Strom und Druckluft stellt der Kunde.", **note},
    ]  # fmt: skip
    return "document.typ", QuoteSheet(with_lines(quote, lines)).data()


def order_en() -> Sample:
    account = AccountFactory(
        number="ACC-2026-00087", name="Harrow & Finch Ltd", street="14 Quayside Road", postcode="BS1 4XE",
        city="Bristol", country="GB", tax_number="GB927364518",
    )  # fmt: skip
    terms = PaymentTermsFactory(code="3PARTS", net_days=60)
    for position, (percent, days) in enumerate([(30, 0), (60, 30), (10, 60)], 1):
        PaymentTermsPart.objects.create(terms=terms, position=position, percent=percent, days=days)
    order = OrderFactory(
        number="ORD-2026-00771", name="Press line", account=account, lines=0, owner=seller(), payment_terms=terms,
        currency=currency("GBP"), customer_po="PO 4500-88", ordered_on=dt.date(2026, 11, 20),
        promised_delivery_on=dt.date(2027, 1, 18), shipping_method="DAP Bristol", status="submitted",
        **bill_to(account), **ship_to("Harrow & Finch Ltd", "14 Quayside Road", "BS1 4XE", "Bristol", "GB"),
    )  # fmt: skip
    names = ["Guide rail", "Hydraulic cylinder", "Safety curtain with muting sensors and a spare receiver",
             "Pressure gauge", "Control cabinet", "Cable set", "Foot switch", "Oil filter"]  # fmt: skip
    lines = [
        item(f"PL-{100 + n}", f"{names[n % len(names)]}, size {n % 5 + 1}", str(n % 7 + 1), f"{37 * (n + 3)}.{n % 10}5",
             tax_rate=Decimal(20), discount_percent=Decimal(5) if n % 6 == 0 else None)
        for n in range(46)
    ]  # fmt: skip
    return "document.typ", OrderSheet(with_lines(order, lines)).data()


def invoice_fr() -> Sample:
    """French around Russian names and texts."""
    account = AccountFactory(
        number="ACC-2026-00203", name="Société Générale des Pompes", street="8, rue de l’Écluse", postcode="69003",
        city="Lyon", country="FR", tax_number="FR40303265045", tax_treatment="reverse_charge",
    )  # fmt: skip
    quote = QuoteFactory(language="fr", account=account, status="won")
    order = OrderFactory(
        number="ORD-2026-00755", quote=quote, account=account, customer_po="BC-2291", status="invoiced"
    )
    terms = PaymentTermsFactory(code="2PARTS", net_days=60, early_percent=2, early_days=8)
    invoice = InvoiceFactory(
        number="INV-2026-00903", name="Насосная станция «Север»", account=account, order=order, lines=0,
        owner=seller(), currency=currency("EUR"), payment_terms=terms, issued_on=dt.date(2026, 11, 22),
        due_on=dt.date(2027, 1, 21), status_reason="billed", **bill_to(account),
        **ship_to("ООО «Невские Насосы»", "наб. реки Мойки, 48", "191186", "Санкт-Петербург", "RU"),
    )  # fmt: skip
    lines = [
        item("НП-75", "Насос подпиточный НП-75, чугунный корпус", "4", "1849.90", tax_rate=Decimal(0), unit="шт"),
        item("ЭД-11", "Электродвигатель 11 кВт, 1500 об/мин", "4", "612.40", tax_rate=Decimal(0), unit="шт"),
        item("MO", "Mise en service à distance", "6", "95", tax_rate=Decimal(0), unit="h", discount_percent=Decimal(10)),
    ]  # fmt: skip
    invoice = with_lines(invoice, lines)
    half = (invoice.total / 2).quantize(Decimal("0.01"))
    for position, (day, amount) in enumerate(
        [((2026, 12, 22), half), ((2027, 1, 21), invoice.total - half)], 1
    ):
        upto = half if position == 1 else invoice.total
        Instalment.objects.create(
            invoice=invoice, position=position, due_on=dt.date(*day), amount=amount, upto=upto
        )
    return "document.typ", InvoiceSheet(invoice).data()


def credit_note() -> Sample:
    account = AccountFactory(number="ACC-2026-00087", name="Harrow & Finch Ltd", country="GB", city="Bristol")
    billed = InvoiceFactory(number="INV-2026-00871", account=account, status_reason="billed")
    note = InvoiceFactory(
        number="CN-2026-00042", kind="credit_note", credits=billed, name="Two rails returned", account=account,
        lines=0, owner=seller(), currency=currency("GBP"), issued_on=dt.date(2026, 11, 22), status_reason="billed",
        bill_to_name="Harrow & Finch Ltd", bill_to_street="14 Quayside Road", bill_to_postcode="BS1 4XE",
        bill_to_city="Bristol", bill_to_country="GB", ship_to_street="", ship_to_city="",
    )  # fmt: skip
    lines = [
        item("PL-100", "Guide rail, size 1", "-2", "111.05", tax_rate=Decimal(20)),
        item(
            "PL-107", "Oil filter, size 3", "-1", "370.75", tax_rate=Decimal(20), discount_percent=Decimal(5)
        ),
    ]
    return "document.typ", InvoiceSheet(with_lines(note, lines)).data()


def quote_ja() -> Sample:
    """Japanese goods for a Japanese customer, in yen."""
    account = AccountFactory(
        number="ACC-2026-00412", name="株式会社北斗製作所", street="中央区銀座4丁目6番16号", postcode="104-0061",
        city="東京都", country="JP",
    )  # fmt: skip
    quote = QuoteFactory(
        number="QUO-2026-00298", name="自動搬送ライン", account=account, language="ja", lines=0, owner=seller(),
        currency=currency("JPY"), status="active", expires_on=dt.date(2026, 12, 31),
        contact=ContactFactory(first_name="健一", last_name="田中", account=account), **bill_to(account),
        **ship_to("北斗製作所 横浜工場", "西区みなとみらい2-3-1", "220-0012", "横浜市", "JP"),
    )  # fmt: skip
    lines = [
        item("搬送-01", "自動搬送ロボット(最大積載量200kg、レーザー誘導式)", "3", "2480000", unit="台", tax_rate=Decimal(10)),
        item("充電-02", "充電ステーション", "2", "385000", unit="台", tax_rate=Decimal(10)),
        item("설치", "설치 및 시운전 (한국어 매뉴얼 포함)", "12", "18500", unit="時間", tax_rate=Decimal(10)),
        item("软件", "仓库管理软件,一年许可证", "1", "960000", unit="年", tax_rate=Decimal(10)),
    ]  # fmt: skip
    return "document.typ", QuoteSheet(with_lines(quote, lines)).data()


def quote_ar() -> Sample:
    """An Arabic customer, read from right to left, in dinars with three decimals."""
    account = AccountFactory(
        number="ACC-2026-00377", name="شركة الخليج للصناعات المعدنية", street="شارع الصناعة ١٢", postcode="13001",
        city="الكويت", country="KW",
    )  # fmt: skip
    quote = QuoteFactory(
        number="QUO-2026-00305", name="ورشة القص", account=account, language="ar", lines=0, owner=seller(),
        currency=currency("KWD"), status="active", expires_on=dt.date(2026, 12, 31), discount_percent=Decimal(4),
        **bill_to(account), **ship_to("مستودع الشويخ", "ميناء الشويخ، رصيف ٧", "70651", "الكويت", "KW"),
    )  # fmt: skip
    lines = [
        item("CNC-7", "آلة قص بالليزر مع طاولة تبديل", "2", "8750.125", unit="قطعة", tax_rate=Decimal(5)),
        item("GAS-2", "وحدة تزويد الغاز", "2", "640.5", unit="قطعة", tax_rate=Decimal(5)),
        item("TRAIN", "تدريب المشغلين (خمسة أيام)", "5", "120", unit="يوم", tax_rate=Decimal(5)),
    ]  # fmt: skip
    return "document.typ", QuoteSheet(with_lines(quote, lines)).data()


def statement() -> Sample:
    rows = [
        (dt.date(2026, 9, 4), "invoice", "INV-2026-00640", "12480.00", "PO 4471", dt.date(2026, 10, 4)),
        (dt.date(2026, 9, 30), "payment", "PAY-2026-00288", "-8200.00", "INV-2026-00598", None),
        (dt.date(2026, 10, 6), "invoice", "INV-2026-00733", "3915.40", "PO 4483", dt.date(2026, 11, 5)),
        (dt.date(2026, 10, 9), "credit_note", "CN-2026-00031", "-480.20", "INV-2026-00640", None),
        (dt.date(2026, 10, 20), "payment", "PAY-2026-00305", "-10000.00", "bank transfer", None),
        (dt.date(2026, 11, 20), "invoice", "INV-2026-00871", "17155.80", "PO 4500-88", dt.date(2026, 12, 20)),
    ]
    opening = balance = Decimal("8200.00")
    entries = []
    for on, kind, number, amount, reference, due_on in rows:
        change, zero = Decimal(amount), Decimal(0)
        balance += change
        entries.append(
            StatementEntry(
                on, kind, number, max(change, zero), max(-change, zero), balance, reference, due_on
            )
        )
    ages = [(None, None, "17155.80"), (1, 30, "3915.40"), (31, 60, "1999.80"), (61, 90, "0"), (91, None, "0")]
    sheet = StatementSheet(
        customer="Harrow & Finch Ltd", address=["14 Quayside Road", "BS1 4XE Bristol", "United Kingdom"],
        currency="EUR", digits=2, since=dt.date(2026, 9, 1), as_of=dt.date(2026, 11, 22), opening=opening,
        closing=balance, entries=entries, ageing=[AgeingBucket(a, b, Decimal(c)) for a, b, c in ages],
        number="ACC-2026-00087", tax_number="GB927364518", overdue=Decimal("5915.20"),
    )  # fmt: skip
    return "statement.typ", statement_data(sheet)


SAMPLES = {
    "quote-de": quote_de,
    "order-en": order_en,
    "invoice-fr-ru": invoice_fr,
    "credit-note-en": credit_note,
    "statement-en": statement,
    "quote-ja": quote_ja,
    "quote-ar": quote_ar,
}


FRENCH_TERMS = (
    "Les marchandises restent notre propriété jusqu’au paiement intégral. Tribunal compétent : Hambourg."
)


def made(name: str) -> Sample:
    """One of the samples; needs a database, leaves rows in it."""
    organization = make_letterhead()
    if name == "invoice-fr-ru":
        organization.invoice_terms = FRENCH_TERMS
    elif name in ("quote-ja", "quote-ar"):
        organization.quote_terms = ""
    organization.save()
    return SAMPLES[name]()
