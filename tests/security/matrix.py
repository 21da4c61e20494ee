"""Who gets through which door: one line a route, declared apart from the code that opens it.

``tests/security/test_access_matrix.py`` walks every route of the resolver with every persona. A route without a
line here fails there with its name. Families:

- ``public``: everybody. ``machine``: no session counts. ``own``: whoever is signed in.
- ``listing(who)``, ``new(who)``: a page about no record yet; the others are refused (403).
- ``record(kind, who)``: the page of a record; ``who`` of those who see it may, the others are refused; for those who
  do not see it, it does not exist (404, never 403).
- ``step``: as ``record``, by POST.
- ``api_list``, ``api``: the same for machines; ``api_list(add)`` says who may add. A request that is malformed may be
  told so (400) before it is refused, because that says nothing about any record.
- ``nothing``: a door that stands open, behind which this organization has nothing to show (404).
- ``token``: where a machine asks for its first token, without having one. ``leaving``: logging out.
"""

from dataclasses import dataclass

from tests.security.world import PEOPLE

ALL = frozenset(PEOPLE)
NOBODY: frozenset[str] = frozenset()

# --- who sees the owner's records -----------------------------------------------------------------

DEALS = frozenset({"owner", "manager", "finance", "integration", "administrator"})
CUSTOMERS = DEALS | {"colleague"}
SEES = {
    "lead": DEALS,
    "opportunity": DEALS,
    "quote": DEALS,
    "order": DEALS,
    "invoice": DEALS,
    "activity": DEALS,
    "attachment": DEALS,
    "removedfile": DEALS,
    "notification": frozenset({"owner"}),
    "account": CUSTOMERS,
    "contact": CUSTOMERS,
    "product": ALL,
    "pricelist": ALL,
    "priceitem": ALL,
    "unitgroup": ALL,
    "bundle": ALL,
    "family": ALL,
    "discountlist": ALL,
    "currency": ALL,
    "exchangerate": ALL,
    "unit": ALL,
    "taxcode": ALL,
    "paymentterms": ALL,
    "payment": frozenset({"finance", "integration", "administrator"}),
    "reminder": DEALS,
    "message": frozenset({"finance", "integration", "administrator"}),
    "connection": ALL,
    "styleguide": frozenset({"administrator"}),
    "mail": frozenset({"owner", "administrator"}),
    "job": frozenset({"owner", "administrator"}),
    "removed": frozenset({"owner", "manager", "integration", "administrator"}),
}

# --- who may do what, among those who see ---------------------------------------------------------

REPS = frozenset({"owner", "colleague", "stranger"})
MANAGERS = frozenset({"manager", "other_manager"})
ADMIN = frozenset({"administrator"})
MACHINE = frozenset({"integration"})
SELLERS = REPS | MANAGERS | MACHINE | ADMIN
LEADERS = MANAGERS | MACHINE | ADMIN  # assign, fulfill
BILLERS = frozenset({"finance"}) | MACHINE | ADMIN
CATALOGERS = MANAGERS | ADMIN
BOSSES = MANAGERS | ADMIN
DOERS = REPS | MANAGERS | ADMIN  # who plan and do
KEEPERS = SELLERS | {"finance"}  # who change customers


@dataclass(frozen=True)
class Entry:
    """What is expected at one route."""

    family: str
    kind: str = ""
    may: frozenset[str] = ALL
    api: bool = False
    post_may: frozenset[str] | None = None  # where writing asks for more than reading


def page(family: str, kind: str = "", may: frozenset[str] = ALL, **more: object) -> Entry:
    return Entry(family, kind, may, **more)  # type: ignore[arg-type]


def public() -> Entry:
    return page("public")


def machine() -> Entry:
    return page("machine")


def own() -> Entry:
    return page("own")


def listing(may: frozenset[str] = ALL) -> Entry:
    return page("listing", may=may)


def new(may: frozenset[str]) -> Entry:
    return page("listing", may=may)


def record(kind: str, may: frozenset[str] = ALL) -> Entry:
    return page("record", kind, may)


def step(kind: str, may: frozenset[str]) -> Entry:
    return page("record", kind, may)


def lines(kind: str, may: frozenset[str]) -> Entry:
    """Whoever sees the document may look at its lines; writing them is for ``may``."""
    return page("record", kind, post_may=may)


def api_list(add: frozenset[str] = NOBODY, see: frozenset[str] = ALL) -> Entry:
    return page("listing", "", see, api=True, post_may=add)


def api(kind: str, may: frozenset[str] = ALL) -> Entry:
    return page("record", kind, may, api=True)


ROUTES: dict[str, Entry] = {
    # doors that stand open, each for a reason
    "health-live": public(),
    "health-ready": public(),
    "login": public(),
    "integrations:hook": machine(),
    # whoever has the address is the customer
    "orders:customer-quote": page("public", "link"),
    "orders:customer-accept": page("public", "link"),
    "orders:customer-decline": page("public", "link"),
    "orders:customer-ask": page("public", "link"),
    "orders:customer-pdf": page("public", "link"),
    "orders:customer-compare": page("nothing", "link"),
    "orders:customer-logo": page("nothing", "link"),
    # what is everybody's own
    "logout": page("leaving"),
    "people:profile": own(),
    "people:theme": own(),
    "people:password": own(),
    "people:mails": listing(ADMIN),
    "people:mail": page("listing", "mail", ADMIN),
    "people:mail-send-again": page("listing", "mail", ADMIN),
    "people:mail-cancel": step("mail", ALL),
    "people:remove": record("lead", SELLERS),
    "people:bin": own(),
    "people:removed": record("removed"),
    "people:restore": step("removed", ALL),
    "people:purge": record("removed", ADMIN),
    "people:jobs": own(),
    "people:job-tray": own(),
    "people:job": record("job"),
    "people:job-cancel": step("job", ALL),
    "people:job-result": record("job"),
    "reports:home": own(),
    "reports:overview": own(),
    "reports:my-day": own(),
    "reports:my-day-done": step("activity", DOERS),
    "reports:my-day-plan": listing(DOERS),
    "reports:my-day-snooze": own(),
    "reports:search": own(),
    "styleguide": record("styleguide"),
    "styleguide-dialog": record("styleguide"),
    # forms on web sites: whoever visits
    "web:form": page("public", "webform"),
    "web:thanks": page("public", "webform"),
    "web:web-to-lead": page("public", "webform"),
    # settings of leads
    "lead-settings:scoring": listing(ADMIN),
    "lead-settings:score-rule-new": new(ADMIN),
    "lead-settings:score-rule": page("listing", "scorerule", ADMIN),
    "lead-settings:score-rule-delete": page("listing", "scorerule", ADMIN),
    "lead-settings:assignment": listing(ADMIN),
    "lead-settings:assignment-rule-new": new(ADMIN),
    "lead-settings:assignment-rule": page("listing", "assignmentrule", ADMIN),
    "lead-settings:assignment-rule-move": page("listing", "assignmentrule", ADMIN),
    "lead-settings:assignment-rule-delete": page("listing", "assignmentrule", ADMIN),
    "lead-settings:web-forms": listing(ADMIN),
    "lead-settings:web-form-new": new(ADMIN),
    "lead-settings:web-form": page("listing", "webform", ADMIN),
    "lead-settings:snippet": page("listing", "webform", ADMIN),
    "lead-settings:entries": listing(BOSSES),
    "lead-settings:entry": page("listing", "webentry", BOSSES),
    "lead-settings:entry-release": page("listing", "webentry", BOSSES),
    "lead-settings:entry-discard": page("listing", "webentry", BOSSES),
    # leads
    "leads:list": listing(),
    "leads:new": new(SELLERS),
    "leads:detail": record("lead"),
    "leads:edit": record("lead", SELLERS),
    "leads:contact": step("lead", SELLERS),
    "leads:disqualify": step("lead", SELLERS),
    "leads:place": step("lead", LEADERS),
    "leads:score": record("lead"),
    "leads:assign": step("lead", LEADERS),
    "leads:take": step("lead", LEADERS),
    "opportunities:qualify-lead": step("lead", SELLERS),
    "opportunities:undo-qualify": step("lead", SELLERS),
    "opportunities:reopen-lead": step("lead", SELLERS),
    # opportunities
    "opportunities:list": listing(),
    "opportunities:new": new(SELLERS),
    "opportunities:detail": record("opportunity"),
    "opportunities:why": record("opportunity"),
    "opportunities:edit": record("opportunity", SELLERS),
    "opportunities:lines": lines("opportunity", SELLERS),
    "opportunities:move": step("opportunity", SELLERS),
    "opportunities:hold": step("opportunity", SELLERS),
    "opportunities:resume": step("opportunity", SELLERS),
    "opportunities:reopen": step("opportunity", SELLERS),
    "opportunities:assign": step("opportunity", LEADERS),
    "quotes:from-opportunity": step("opportunity", SELLERS),
    "quotes:lose-opportunity": step("opportunity", SELLERS),
    "orders:win-opportunity": step("opportunity", SELLERS),
    "orders:from-opportunity": step("opportunity", SELLERS),
    # quotes
    "quotes:list": listing(),
    "quotes:new": new(SELLERS),
    "quotes:detail": record("quote"),
    "quotes:why": record("quote"),
    "quotes:compare": record("quote"),
    "quotes:compare-with": record("quote"),
    "quotes:edit": record("quote", SELLERS),
    "quotes:pdf": record("quote"),
    "quotes:lines": lines("quote", SELLERS),
    "quotes:activate": step("quote", SELLERS),
    "quotes:approvals": listing(BOSSES),
    "quotes:ask-approval": step("quote", SELLERS),
    "quotes:approve": step("quote", BOSSES),
    "quotes:reject": step("quote", BOSSES),
    "quotes:send": record("quote", SELLERS),
    "quotes:preview": record("quote"),
    "quotes:cancel-sending": step("quote", SELLERS),
    "quotes:link-new": step("quote", SELLERS),
    "quotes:link-revoke": step("quote", SELLERS),
    "quotes:revise": step("quote", SELLERS),
    "quotes:close": step("quote", SELLERS),
    "quotes:copy": step("quote", SELLERS),
    "quotes:get-products": step("quote", SELLERS),
    "orders:accept-quote": step("quote", SELLERS),
    # orders
    "orders:list": listing(),
    "orders:new": new(SELLERS),
    "orders:detail": record("order"),
    "orders:why": record("order"),
    "orders:edit": record("order", SELLERS),
    "orders:pdf": record("order"),
    "orders:lines": lines("order", SELLERS),
    "orders:submit": step("order", SELLERS),
    "orders:hold": step("order", SELLERS),
    "orders:resume": step("order", SELLERS),
    "orders:lock": step("order", SELLERS),
    "orders:unlock": step("order", SELLERS),
    "orders:cancel": step("order", SELLERS),
    "orders:same-number": listing(),
    "orders:preflight": record("order"),
    "orders:copy": step("order", SELLERS),
    "orders:override-credit": step("order", BOSSES | {"finance"}),
    "orders:promise": step("order", LEADERS),
    "orders:close-rest": step("order", LEADERS),
    "orders:request-change": step("order", SELLERS),
    "orders:accept-change": step("order", LEADERS),
    "orders:reject-change": step("order", LEADERS),
    "orders:withdraw-change": step("order", SELLERS),
    "orders:fulfill": step("order", LEADERS),
    "invoices:from-order": step("order", BILLERS),
    # invoices
    "invoices:list": listing(),
    "invoices:new": new(BILLERS),
    "invoices:detail": record("invoice"),
    "invoices:why": record("invoice"),
    "invoices:edit": record("invoice", BILLERS),
    "invoices:pdf": record("invoice"),
    "invoices:lines": lines("invoice", BILLERS),
    "invoices:confirm": step("invoice", BILLERS),
    "invoices:pay": step("invoice", BILLERS),
    "invoices:credit": step("invoice", BILLERS),
    "invoices:cancel": step("invoice", BILLERS),
    "invoices:book": step("invoice", BILLERS),
    "invoices:install": step("invoice", BILLERS),
    "invoices:send": record("invoice", BILLERS),
    "invoices:remind": record("invoice", BILLERS),
    "invoices:use-credit": record("invoice", BILLERS),
    "invoices:refund": record("invoice", BILLERS),
    "invoices:reissue": record("invoice", BILLERS),
    "invoices:ageing": listing(),
    "invoices:reminders": listing(BILLERS),
    "invoices:leave-out": record("reminder", BILLERS),
    "invoices:payments": listing(BILLERS),
    "invoices:payment": record("payment"),
    "invoices:use-payment": record("payment"),
    "invoices:refund-payment": record("payment"),
    "invoices:reverse-payment": record("payment"),
    "invoices:statement": record("account", DEALS),
    "invoices:statement-pdf": record("account", DEALS),
    "invoices:customer-payment": record("account", BILLERS),
    "invoices:remind-customer": record("account", BILLERS),
    # customers
    "customers:accounts": listing(),
    "customers:account-new": new(SELLERS),
    "customers:account": record("account"),
    "customers:account-edit": record("account", KEEPERS),
    "customers:account-addresses": record("account", KEEPERS),
    "customers:account-points": record("account", KEEPERS),
    "customers:account-deactivate": step("account", BOSSES),
    "customers:account-activate": step("account", BOSSES),
    "customers:account-options": listing(),
    "customers:contacts": listing(),
    "customers:contact-new": new(SELLERS),
    "customers:contact": record("contact"),
    "customers:contact-edit": record("contact", SELLERS),
    "customers:contact-addresses": record("contact", SELLERS),
    "customers:contact-points": record("contact", SELLERS),
    "customers:contact-companies": record("contact", SELLERS),
    "customers:contact-deactivate": step("contact", BOSSES),
    "customers:contact-activate": step("contact", BOSSES),
    "customers:contact-options": listing(),
    # activities
    "activities:list": listing(),
    "activities:new": new(REPS | MANAGERS | ADMIN),
    "activities:detail": record("activity"),
    "activities:edit": record("activity", DOERS),
    "activities:complete": record("activity", DOERS),
    "activities:cancel": step("activity", DOERS),
    "activities:reopen": step("activity", DOERS),
    "activities:snooze": record("activity", DOERS),
    "activities:assign": record("activity", MANAGERS | ADMIN),
    "activities:reading": own(),
    "activities:people": listing(),
    "activities:story": record("lead"),
    "activities:log": step("lead", DOERS),
    "activities:follow": step("lead", ALL),
    "activities:attach": lines("lead", SELLERS),
    "activities:attachment": record("attachment"),
    "activities:attachment-remove": step("attachment", SELLERS),
    "activities:notifications": own(),
    "activities:notification-count": own(),
    "activities:notifications-read": own(),
    "activities:notification-settings": own(),
    "activities:notification": record("notification"),
    "activities:notification-read": step("notification", ALL),
    "activities:ics": record("activity"),
    "activities:move": step("activity", DOERS),
    "activities:calendar": own(),
    "activities:feed": own(),
    "activities:ical": page("nothing", "link"),  # whoever has the address reads it; this one leads nowhere
    "activities:attachment-restore": step("removedfile", SELLERS),
    # catalog
    "catalog:products": listing(),
    "catalog:product-new": new(CATALOGERS),
    "catalog:product": record("product"),
    "catalog:product-edit": record("product", CATALOGERS),
    "catalog:product-activate": step("product", CATALOGERS),
    "catalog:product-revise": step("product", CATALOGERS),
    "catalog:product-retire": step("product", CATALOGERS),
    "catalog:members": record("bundle", CATALOGERS),
    "catalog:related": record("product", CATALOGERS),
    "catalog:families": listing(),
    "catalog:family-new": new(CATALOGERS),
    "catalog:family-edit": record("family", CATALOGERS),
    "catalog:family-delete": step("family", CATALOGERS),
    "catalog:family-activate": step("family", CATALOGERS),
    "catalog:units": listing(),
    "catalog:unit-new": new(CATALOGERS),
    "catalog:unit-group-new": new(CATALOGERS),
    "catalog:unit-edit": record("unit", CATALOGERS),
    "catalog:unit-delete": step("unit", CATALOGERS),
    "catalog:discount-lists": listing(),
    "catalog:discount-list-new": new(CATALOGERS),
    "catalog:discount-list-edit": record("discountlist", CATALOGERS),
    "catalog:discount-list-delete": step("discountlist", CATALOGERS),
    "catalog:taxes": listing(),
    "catalog:tax-new": new(CATALOGERS | {"finance"}),
    "catalog:tax-edit": record("taxcode", CATALOGERS | {"finance"}),
    "catalog:exchange-rates": listing(),
    "catalog:exchange-rate-new": new(CATALOGERS | {"finance"}),
    "catalog:exchange-rate-edit": record("exchangerate", CATALOGERS | {"finance"}),
    "catalog:product-options": listing(),
    "customers:prices": listing(),
    "catalog:price-lists": listing(),
    "catalog:price-list-new": new(CATALOGERS),
    "catalog:price-list": record("pricelist"),
    "catalog:price-list-edit": record("pricelist", CATALOGERS),
    "catalog:prices": step("pricelist", CATALOGERS),
    "catalog:price-item": record("priceitem", CATALOGERS),
    "catalog:change-prices": record("pricelist", CATALOGERS),
    "catalog:undo-prices": step("pricelist", CATALOGERS),
    "catalog:find-products": listing(),
    # the bridge
    "integrations:sync": listing(SEES["message"]),
    "integrations:message": listing(SEES["message"]),
    "integrations:send-again": listing(ADMIN),
    "integrations:send-cause-again": listing(ADMIN),
    "integrations:skip": listing(ADMIN),
    "integrations:pause": listing(ADMIN),
    "integrations:resume": listing(ADMIN),
    # the API
    "api-schema": api_list(),
    "api-docs": api_list(),
    "api-chain": api_list(),
    "api-search": api_list(),
    "api-prices": api_list(),
    "api-nowhere": page("nowhere", api=True),
    "api:user-list": api_list(),
    "api:job-list": api_list(),
    "api:job-detail": api("job"),
    "api:job-cancel": api("job"),
    "api:job-result": api("job"),
    "api:removed-list": api_list(),
    "api:removed-detail": api("removed"),
    "api:removed-restore": api("removed"),
    "api:token-list": page("token", api=True),
    "api:token-detail": page("token", "token", api=True),
    "api:account-list": api_list(SELLERS),
    "api:account-detail": api("account"),
    "api:account-history": api("account"),
    "api:account-shown-steps": api("account"),
    "api:account-activate": api("account", BOSSES),
    "api:account-deactivate": api("account", BOSSES),
    "api:account-statement": api("account", DEALS),
    "api:account-payment": api("account", BILLERS),
    "api:account-remind": api("account", BILLERS),
    "api:contact-list": api_list(SELLERS),
    "api:contact-detail": api("contact"),
    "api:contact-history": api("contact"),
    "api:contact-shown-steps": api("contact"),
    "api:contact-activate": api("contact", BOSSES),
    "api:contact-deactivate": api("contact", BOSSES),
    "api:lead-list": api_list(SELLERS),
    "api:lead-detail": api("lead"),
    "api:lead-history": api("lead"),
    "api:lead-shown-steps": api("lead"),
    "api:lead-assign": api("lead", LEADERS),
    "api:lead-contact": api("lead", SELLERS),
    "api:lead-disqualify": api("lead", SELLERS),
    "api:lead-qualify": api("lead", SELLERS),
    "api:lead-reopen": api("lead", SELLERS),
    "api:lead-score": api("lead"),
    "api:lead-take": api("lead", SELLERS),
    "api:lead-place": api("lead", LEADERS),
    "api:lead-undo-qualify": api("lead", SELLERS),
    "api:opportunity-list": api_list(SELLERS),
    "api:opportunity-detail": api("opportunity"),
    "api:opportunity-history": api("opportunity"),
    "api:opportunity-shown-steps": api("opportunity"),
    "api:opportunity-assign": api("opportunity", LEADERS),
    "api:opportunity-hold": api("opportunity", SELLERS),
    "api:opportunity-lines": api("opportunity", SELLERS),
    "api:opportunity-lose": api("opportunity", SELLERS),
    "api:opportunity-move": api("opportunity", SELLERS),
    "api:opportunity-order": api("opportunity", SELLERS),
    "api:opportunity-quote": api("opportunity", SELLERS),
    "api:opportunity-reopen": api("opportunity", SELLERS),
    "api:opportunity-resume": api("opportunity", SELLERS),
    "api:opportunity-win": api("opportunity", SELLERS),
    "api:quote-list": api_list(SELLERS),
    "api:quote-detail": api("quote"),
    "api:quote-history": api("quote"),
    "api:quote-pdf": api("quote"),
    "api:quote-shown-steps": api("quote"),
    "api:quote-accept": api("quote", SELLERS),
    "api:quote-activate": api("quote", SELLERS),
    "api:quote-approvals": api("quote"),
    "api:quote-ask-approval": api("quote", SELLERS),
    "api:quote-approve": api("quote", BOSSES),
    "api:quote-reject": api("quote", BOSSES),
    "api:quote-close": api("quote", SELLERS),
    "api:quote-compare": api("quote"),
    "api:quote-copy": api("quote", SELLERS),
    "api:quote-get-products": api("quote", SELLERS),
    "api:quote-lines": api("quote", SELLERS),
    "api:quote-revise": api("quote", SELLERS),
    "api:quote-send": api("quote", SELLERS),
    "api:quote-cancel-sending": api("quote", SELLERS),
    "api:quote-customer-links": api("quote", SELLERS),
    "api:quote-customer-link": api("quote", SELLERS),
    "api:quote-revoke-links": api("quote", SELLERS),
    "api:quote-delete": api("quote", SELLERS),
    "api:order-list": api_list(SELLERS),
    "api:order-detail": api("order"),
    "api:order-history": api("order"),
    "api:order-pdf": api("order"),
    "api:order-shown-steps": api("order"),
    "api:order-preflight": api("order"),
    "api:order-copy": api("order", SELLERS),
    "api:order-override-credit": api("order", BOSSES | {"finance"}),
    "api:order-promise": api("order", LEADERS),
    "api:order-close-rest": api("order", LEADERS),
    "api:order-request-change": api("order", SELLERS),
    "api:order-accept-change": api("order", LEADERS),
    "api:order-reject-change": api("order", LEADERS),
    "api:order-withdraw-change": api("order", SELLERS),
    "api:order-cancel": api("order", SELLERS),
    "api:order-hold": api("order", SELLERS),
    "api:order-lines": api("order", SELLERS),
    "api:order-lock": api("order", SELLERS),
    "api:order-resume": api("order", SELLERS),
    "api:order-submit": api("order", SELLERS),
    "api:order-unlock": api("order", SELLERS),
    "api:order-fulfill": api("order", LEADERS),
    "api:order-invoice": api("order", BILLERS),
    "api:invoice-list": api_list(BILLERS),
    "api:invoice-detail": api("invoice"),
    "api:invoice-history": api("invoice"),
    "api:invoice-pdf": api("invoice"),
    "api:invoice-shown-steps": api("invoice"),
    "api:invoice-cancel": api("invoice", BILLERS),
    "api:invoice-confirm": api("invoice", BILLERS),
    "api:invoice-credit": api("invoice", BILLERS),
    "api:invoice-lines": api("invoice", BILLERS),
    "api:invoice-pay": api("invoice", BILLERS),
    "api:invoice-ageing": api_list(),
    "api:invoice-use-credit": api("invoice", BILLERS),
    "api:invoice-refund": api("invoice", BILLERS),
    "api:invoice-reissue": api("invoice", BILLERS),
    "api:invoice-send": api("invoice", BILLERS),
    "api:invoice-remind": api("invoice", BILLERS),
    "api:invoice-book": api("invoice", BILLERS),
    "api:invoice-install": api("invoice", BILLERS),
    "api:payment-list": api_list(BILLERS, SEES["payment"]),
    "api:payment-detail": api("payment"),
    "api:payment-history": api("payment"),
    "api:payment-shown-steps": api("payment"),
    "api:payment-allocate": api("payment", BILLERS),
    "api:payment-refund": api("payment", BILLERS),
    "api:payment-reverse": api("payment", BILLERS),
    "api:activity-list": api_list(REPS | MANAGERS | ADMIN),
    "api:activity-detail": api("activity"),
    "api:activity-history": api("activity"),
    "api:activity-shown-steps": api("activity"),
    "api:activity-cancel": api("activity", REPS | MANAGERS | ADMIN),
    "api:activity-complete": api("activity", REPS | MANAGERS | ADMIN),
    "api:product-list": api_list(CATALOGERS),
    "api:product-detail": api("product"),
    "api:product-history": api("product"),
    "api:product-shown-steps": api("product"),
    "api:product-activate": api("product", CATALOGERS),
    "api:product-retire": api("product", CATALOGERS),
    "api:product-revise": api("product", CATALOGERS),
    "api:price-list-list": api_list(CATALOGERS),
    "api:price-list-detail": api("pricelist"),
    "api:price-list-history": api("pricelist"),
    "api:price-list-shown-steps": api("pricelist"),
    "api:price-list-items": api("pricelist"),
    "api:price-list-prices": api("pricelist", CATALOGERS),
    "api:product-members": api("bundle", CATALOGERS),
    "api:product-related": api("product", CATALOGERS),
    "api:price-list-change-prices": api("pricelist", CATALOGERS),
    "api:price-list-undo-prices": api("pricelist", CATALOGERS),
    "api:unit-group-list": api_list(CATALOGERS),
    "api:unit-group-detail": api("unitgroup"),
    "api:unit-group-history": api("unitgroup"),
    "api:unit-group-shown-steps": api("unitgroup"),
    "api:product-family-list": api_list(CATALOGERS),
    "api:product-family-detail": api("family"),
    "api:product-family-history": api("family"),
    "api:product-family-shown-steps": api("family"),
    "api:discount-list-list": api_list(CATALOGERS),
    "api:discount-list-detail": api("discountlist"),
    "api:discount-list-history": api("discountlist"),
    "api:discount-list-shown-steps": api("discountlist"),
    "api:currency-list": api_list(CATALOGERS),
    "api:currency-detail": api("currency"),
    "api:currency-history": api("currency"),
    "api:currency-shown-steps": api("currency"),
    "api:exchange-rate-list": api_list(CATALOGERS | {"finance"}),
    "api:exchange-rate-detail": api("exchangerate"),
    "api:exchange-rate-history": api("exchangerate"),
    "api:exchange-rate-shown-steps": api("exchangerate"),
    "api:unit-list": api_list(CATALOGERS),
    "api:unit-detail": api("unit"),
    "api:unit-history": api("unit"),
    "api:unit-shown-steps": api("unit"),
    "api:tax-code-list": api_list(CATALOGERS | {"finance"}),
    "api:tax-code-detail": api("taxcode"),
    "api:tax-code-history": api("taxcode"),
    "api:tax-code-shown-steps": api("taxcode"),
    "api:payment-terms-list": api_list(CATALOGERS | {"finance"}),
    "api:payment-terms-detail": api("paymentterms"),
    "api:payment-terms-history": api("paymentterms"),
    "api:payment-terms-shown-steps": api("paymentterms"),
}
