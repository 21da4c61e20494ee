"""Our codes as ids of Tryton's records: customers, products, units, taxes, currencies, payment terms."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from integrations.adapters.documents import AddressDoc, OrderDoc, PartyDoc
from integrations.adapters.protocol import Rejected
from integrations.adapters.tryton.client import Record, TrytonClient

PARTY = (
    "code",
    "name",
    "customer_payment_term",
    "addresses.street",
    "addresses.postal_code",
    "addresses.city",
)
PRODUCT = (
    "code", "salable", "sale_uom.symbol", "sale_uom.name", "sale_uom.category",
    "account_category.customer_taxes.rate",
)  # fmt: skip


class Codes:
    """Looks codes up once and keeps what it found for as long as the adapter lives."""

    def __init__(self, client: TrytonClient, options: Mapping[str, object]) -> None:
        self._client = client
        self._options = options
        self._kept: dict[tuple[str, str], Record | None] = {}
        self._taxes: list[Record] | None = None

    def currency(self, code: str) -> Record:
        """A currency with its digits."""
        return self._one("currency.currency", code, ("code", "digits"), "currency")

    def products(self, codes: Iterable[str]) -> dict[str, Record]:
        """The products of these codes; unknown ones are left out."""
        wanted = sorted({code for code in codes if code})
        if not wanted:
            return {}
        domain = [["code", "in", wanted], ["active", "=", True]]
        return {
            product["code"]: product for product in self._client.search("product.product", domain, PRODUCT)
        }

    def party(self, code: str) -> Record | None:
        """The party of a customer code."""
        found = self._client.search("party.party", [["code", "=", code]], PARTY, limit=1)
        return found[0] if found else None

    def party_for(self, doc: OrderDoc) -> Record:
        """The customer of an order; made when the connection allows it, else a reason for a person."""
        party = self.party(doc.customer.code)
        if party is None and self._options.get("create_customers"):
            party = self._client.create("party.party", self._new_party(doc.customer), PARTY)
        if party is None:
            raise Rejected(
                f"There is no party with the code {doc.customer.code} in Tryton.",
                remote_code="unknown_customer",
            )
        if not party["addresses"]:
            text = f"The party {doc.customer.code} has no address in Tryton; an order needs one."
            raise Rejected(text, remote_code="address_missing")
        return party

    def address_of(self, party: Record, wanted: AddressDoc) -> int:
        """The address written like ours, else the party's first."""
        ours = (wanted.street.strip(), wanted.postal_code.strip(), wanted.city.strip())
        for address in party["addresses"]:
            theirs = tuple(str(address[name] or "").strip() for name in ("street", "postal_code", "city"))
            if theirs == ours:
                return int(address["id"])
        return int(party["addresses"][0]["id"])

    def unit(self, code: str, product: Record | None) -> int | None:
        """The unit by the connection's mapping, by symbol or by name, else the one the product is sold in."""
        name = self._mapped("units", code)
        if name:
            domain = ["OR", [["symbol", "=", name]], [["name", "=", name]]]
            if found := self._search_once("product.uom", name, domain, ("symbol", "category")):
                category = product["sale_uom"]["category"] if product else found["category"]
                if found["category"] == category:
                    return int(found["id"])
        return int(product["sale_uom"]["id"]) if product else None

    def tax(self, code: str, rate: Decimal, product: Record | None) -> int | None:
        """The tax by code, else by rate: the product's own first. Zero percent without a code is no tax."""
        name = self._mapped("taxes", code)
        if name:
            for tax in self._all_taxes():
                if name in (tax["name"], tax["description"]) and tax["rate"] * 100 == rate:
                    return int(tax["id"])
        if not rate:
            return None
        own = ((product or {}).get("account_category") or {}).get("customer_taxes") or []
        for tax in [*own, *self._all_taxes()]:
            if tax["rate"] is not None and tax["rate"] * 100 == rate:
                return int(tax["id"])
        raise Rejected(f"There is no tax of {rate.normalize():f} % in Tryton.", remote_code="unknown_tax")

    def payment_term(self, name: str) -> int | None:
        """A payment term by the connection's mapping or by name; None leaves the choice to Tryton."""
        wanted = self._mapped("payment_terms", name)
        if not wanted:
            return None
        found = self._search_once("account.invoice.payment_term", wanted, [["name", "=", wanted]], ("name",))
        return int(found["id"]) if found else None

    def missing(self, kind: str, codes: list[str]) -> list[str]:
        """The customer or product codes nobody knows there."""
        model = {"customers": "party.party", "products": "product.product"}.get(kind)
        if not model or not codes or (kind == "customers" and self._options.get("create_customers")):
            return []
        found = self._client.search(model, [["code", "in", codes]], ("code",))
        return sorted(set(codes) - {record["code"] for record in found})

    def _new_party(self, party: PartyDoc) -> Record:
        addresses = [party.bill_to] + (
            [party.ship_to] if party.ship_to not in (party.bill_to, AddressDoc()) else []
        )
        record: dict[str, Any] = {
            "name": party.name,
            "code": party.code,
            "addresses": [["create", [self._new_address(address) for address in addresses]]],
        }
        if party.email:
            record["contact_mechanisms"] = [["create", [{"type": "email", "value": party.email}]]]
        return record

    def _new_address(self, address: AddressDoc) -> Record:
        record: dict[str, Any] = {name: getattr(address, name) for name in ("street", "postal_code", "city")}
        if address.country:
            domain = [["code", "=", address.country]]
            if country := self._search_once("country.country", address.country, domain, ("code",)):
                record["country"] = country["id"]
        return record

    def _all_taxes(self) -> list[Record]:
        if self._taxes is None:
            domain = [["parent", "=", None], ["type", "=", "percentage"]]
            found = self._client.search("account.tax", domain, ("name", "description", "rate", "group.kind"))
            sale = [tax for tax in found if (tax["group"] or {"kind": "both"})["kind"] in ("sale", "both")]
            self._taxes = [tax for tax in sale if tax["rate"] is not None]
        return self._taxes

    def _mapped(self, kind: str, code: str) -> str:
        table = self._options.get(kind)
        return str(table.get(code, code)) if isinstance(table, Mapping) else code

    def _one(self, model: str, code: str, fields: tuple[str, ...], word: str) -> Record:
        found = self._search_once(model, code, [["code", "=", code]], fields)
        if found is None:
            raise Rejected(f"There is no {word} {code} in Tryton.", remote_code=f"unknown_{word}")
        return found

    def _search_once(self, model: str, key: str, domain: list[Any], fields: tuple[str, ...]) -> Record | None:
        if (model, key) not in self._kept:
            found = self._client.search(model, domain, fields, limit=1)
            self._kept[model, key] = found[0] if found else None
        return self._kept[model, key]
