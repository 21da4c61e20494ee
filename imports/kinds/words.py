"""What people head their columns with, in English and German, by the field that is meant.

Words are compared without case, accents and signs: ``E-Mail``, ``email`` and ``E_MAIL`` are one word.
"""

WORDS: dict[str, str] = {
    "number": "number, no, nr, nummer, kundennummer, kundennr, customer number, customer no, lead number, account number,"
    " contact number, leadnummer, kontaktnummer, debitor, debitorennummer",
    "external_key": "external key, external id, externe id, fremdschlüssel, id, record id, datensatz id, key, schlüssel",
    "topic": "topic, subject, thema, betreff, interest, interesse, anliegen, title of lead",
    "first_name": "first name, firstname, given name, vorname, forename, prénom",
    "last_name": "last name, lastname, surname, family name, nachname, familienname, name nachname, nom",
    "full_name": "full name, contact name, ansprechpartner, name des kontakts, person, contact person, kontaktperson, vor- und"
    " nachname, vollständiger name",
    "company": "company, company name, firma, firmenname, unternehmen, organization, organisation, account name, business,"
    " betrieb, société",
    "name": "name, account name, company, company name, firma, firmenname, unternehmen, organization, organisation,"
    " bezeichnung, product name, artikelbezeichnung, produktname, title",
    "job_title": "job title, title, position, funktion, stelle, berufsbezeichnung, jobtitle, occupation",
    "role": "role, rolle, function",
    "email": "email, e-mail, mail, email address, e-mail address, e-mail-adresse, emailadresse, mailadresse, courriel",
    "phone": "phone, telephone, tel, telefon, telefonnummer, phone number, business phone, festnetz, rufnummer, work phone,"
    " telefon geschäftlich, téléphone",
    "mobile": "mobile, mobile phone, cell, cell phone, handy, mobil, mobilnummer, mobiltelefon, handynummer, portable",
    "website": "website, web, url, homepage, webseite, internet, www, web site",
    "street": "street, address, straße, strasse, adresse, anschrift, street address, address line 1, street 1, hausnummer,"
    " straße und hausnummer, rue",
    "postcode": "postcode, zip, zip code, postal code, plz, postleitzahl, zipcode",
    "city": "city, town, ort, stadt, wohnort, ville",
    "region": "region, state, province, bundesland, kanton, county, provinz",
    "country": "country, land, staat, country code, länderkürzel, pays",
    "source": "source, lead source, quelle, herkunft, leadquelle, channel, kanal",
    "rating": "rating, bewertung, temperature, einstufung, priorität, warm",
    "industry": "industry, branche, sector, wirtschaftszweig, line of business",
    "budget_amount": "budget, budget amount, budgetbetrag",
    "budget_status": "budget status, budgetstatus",
    "need": "need, notes, note, comment, comments, bemerkung, bemerkungen, notiz, notizen, kommentar, message, nachricht,"
    " bedarf, description, beschreibung, remarks",
    "timeframe": "timeframe, purchase timeframe, zeitrahmen, kaufzeitraum",
    "purchase_process": "purchase process, kaufprozess",
    "decision_maker": "decision maker, entscheider",
    "estimated_value": "estimated value, value, betrag, amount, wert, umsatz, potential, estimated amount, auftragswert,"
    " geschätzter wert, volumen",
    "estimated_close_on": "estimated close date, close date, closing date, abschlussdatum, datum, date, expected close",
    "campaign": "campaign, kampagne, aktion, event, messe, utm campaign",
    "do_not_email": "do not email, no email, keine e-mail, werbesperre, unsubscribed, email opt out, opt out, mailsperre",
    "do_not_bulk_email": "do not bulk email, no newsletter, kein newsletter, newslettersperre",
    "do_not_phone": "do not phone, do not call, no calls, nicht anrufen, telefonsperre, anrufsperre",
    "do_not_post": "do not post, no post, no mail, keine post, postsperre",
    "owner": "owner, besitzer, verantwortlich, verantwortlicher, betreuer, assigned to, sales rep, salesperson, zuständig,"
    " vertriebler, verkäufer, owner email, owner username",
    "team": "team, sales team, vertriebsteam, abteilung",
    "account": "account, company, firma, kunde, customer, unternehmen, kundennummer, customer number, account number, account"
    " name, company name, firmenname, debitor, organisation, organization",
    "contact": "contact, ansprechpartner, kontakt, contact person, contact email, kontaktperson, contact name",
    "parent": "parent, parent account, konzern, mutter, muttergesellschaft, group, parent company, übergeordnete firma",
    "tax_number": "tax number, vat, vat id, vat number, ust-id, ustid, ust-idnr, uid, steuernummer, umsatzsteuer-id, vat no,"
    " tax id, mwst-nr",
    "tax_treatment": "tax treatment, steuerart, tax status, besteuerung",
    "currency": "currency, währung, curr, currency code, waehrung",
    "credit_limit": "credit limit, kreditlimit, kreditrahmen",
    "payment_terms": "payment terms, zahlungsbedingungen, zahlungsziel, terms, zahlungskonditionen",
    "price_list": "price list, preisliste, pricelist",
    "territory": "territory, gebiet, vertriebsgebiet",
    "language": "language, sprache, lang",
    "erp_code": "erp code, erp number, erp-nummer, debitorennummer, sap number, sap nr, erp id",
    "sku": "sku, article number, item number, item no, artikelnummer, artikelnr, art nr, art-nr, produktnummer, product code,"
    " part number, material, materialnummer, item, artikel, product",
    "description": "description, beschreibung, langtext, text, details",
    "kind": "kind, type, art, produktart, product type, typ",
    "family": "family, product family, category, kategorie, warengruppe, produktgruppe, product group, produktfamilie",
    "unit": "unit, einheit, uom, unit of measure, mengeneinheit, me, verpackungseinheit",
    "decimals": "decimals, dezimalstellen, nachkommastellen",
    "list_price": "list price, price, listenpreis, preis, verkaufspreis, vk, uvp, sales price, vk-preis, unit price",
    "standard_cost": "standard cost, standardkosten, cost, einstandspreis, ek",
    "current_cost": "current cost, einkaufspreis, aktuelle kosten, ek-preis, purchase price",
    "tax_code": "tax code, tax, steuer, steuercode, mwst, steuersatz, vat code, ust",
    "valid_from": "valid from, gültig ab, from, ab",
    "valid_to": "valid to, gültig bis, until, bis",
    "method": "method, methode, preismethode",
    "amount": "amount, price, preis, betrag, unit price, einzelpreis, netto, nettopreis",
    "percent": "percent, prozent, %",
    "order_key": "order, order number, order no, order id, auftrag, auftragsnummer, auftragsnr, bestellnummer, belegnummer,"
    " beleg, order key, document number, po number",
    "order_name": "order name, auftragsname, subject, betreff, bezeichnung des auftrags, name",
    "customer_po": "customer po, po number, bestellnummer des kunden, kundenbestellnummer, purchase order, ihre bestellnummer",
    "ordered_on": "order date, ordered on, date, auftragsdatum, bestelldatum, datum, belegdatum",
    "requested_delivery_on": "requested delivery, delivery date, lieferdatum, liefertermin, wunschtermin, wunschlieferdatum",
    "line_product": "sku, product, article, item, artikel, artikelnummer, artikelnr, art-nr, item number, produkt, material,"
    " article number, part number",
    "line_description": "description, text, bezeichnung, artikelbezeichnung, item text, positionstext, line text, beschreibung",
    "line_quantity": "quantity, qty, menge, anzahl, stück, stk, count, pieces",
    "line_unit": "unit, einheit, uom, me",
    "line_price": "price, unit price, preis, einzelpreis, ep, stückpreis, net price, nettopreis",
    "line_discount": "discount, discount percent, rabatt, rabatt %, discount %, rabatt in prozent",
    "line_tax": "tax, tax code, steuer, mwst, ust, steuercode",
}

# Other words for a choice than its label, by field.
CHOICES: dict[str, dict[str, str]] = {
    "source": {
        "werbung": "advertisement", "anzeige": "advertisement", "ads": "advertisement", "google ads": "advertisement",
        "mitarbeiterempfehlung": "employee_referral", "empfehlung": "external_referral", "referral": "external_referral",
        "öffentlichkeitsarbeit": "public_relations", "pr": "public_relations", "messe": "trade_show", "fair": "trade_show",
        "tradeshow": "trade_show", "website": "web", "internet": "web", "webseite": "web", "online": "web",
        "mundpropaganda": "word_of_mouth", "adresskauf": "purchased_list", "gekaufte liste": "purchased_list",
        "list": "purchased_list", "sonstige": "other", "sonstiges": "other", "andere": "other", "webinar": "seminar",
    },
    "rating": {"heiß": "hot", "heiss": "hot", "a": "hot", "b": "warm", "c": "cold", "kalt": "cold", "high": "hot",
               "medium": "warm", "low": "cold", "hoch": "hot", "mittel": "warm", "niedrig": "cold"},
    "timeframe": {"sofort": "immediate", "dieses quartal": "this_quarter", "nächstes quartal": "next_quarter",
                  "dieses jahr": "this_year", "unbekannt": "unknown"},
    "kind": {"ware": "product", "artikel": "product", "dienstleistung": "service", "paket": "bundle", "set": "bundle",
             "produkt": "product"},
    "tax_treatment": {"normal": "normal", "steuerfrei": "exempt", "befreit": "exempt", "umkehr": "reverse_charge",
                      "reverse charge": "reverse_charge"},
    "purchase_process": {"einzelperson": "individual", "gremium": "committee", "unbekannt": "unknown"},
    "method": {"betrag": "amount", "festpreis": "amount", "prozent vom listenpreis": "percent_of_list"},
}  # fmt: skip
