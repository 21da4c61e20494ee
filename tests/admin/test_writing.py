"""What is saved in the back office went through the same actions as on the pages."""

from decimal import Decimal

import pytest
from django.test import Client

from catalog.models import Product
from customers.models import Account
from invoices.models import Invoice
from kernel.models import CustomField, HistoryEntry, OutboxMessage, RemovedRecord
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.models import Role, User
from quotes.models import Quote
from tests.admin.forms import filled
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    ProductFactory,
    StageFactory,
    TeamFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

FORGED = {
    "status": "won", "status_reason": "won", "number": "FORGED-1", "total": "1.00", "total_base": "1.00",
    "erp_number": "FORGED", "erp_status": "paid", "version": "99", "search_text": "forged", "is_pulled": "on",
    "managed_by": "forged", "amount_paid": "1.00", "balance": "0.00", "is_superuser": "on",
}  # fmt: skip


def verbs(record) -> list[str]:
    found = HistoryEntry.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    return list(found.order_by("id").values_list("verb", flat=True))


def topics(record) -> list[str]:
    return list(OutboxMessage.objects.filter(aggregate_id=record.public_id).values_list("topic", flat=True))


def draft_product() -> Product:
    return ProductFactory(status="draft")


# --- made -------------------------------------------------------------------------


def test_a_lead_made_here_has_number_owner_history_and_news(office: Client, admin_user) -> None:
    answer = office.post(
        "/admin/leads/lead/add/", filled(office, "/admin/leads/lead/add/", topic="Pump", last_name="Borg")
    )

    lead = Lead.objects.get()
    assert answer.status_code == 302
    assert (lead.number[:4], lead.owner, lead.status) == ("LEA-", admin_user, "open")
    assert verbs(lead) == ["created"]
    assert topics(lead) == ["lead.created"]


@pytest.mark.parametrize(
    ("kind", "model"), [("quotes/quote", Quote), ("orders/order", Order), ("invoices/invoice", Invoice)]
)
def test_a_document_made_here_has_history_and_the_customers_address(office: Client, kind: str, model) -> None:
    account = AccountFactory(city="Kiel")
    path = f"/admin/{kind}/add/"

    answer = office.post(
        path, filled(office, path, name="Deal", account=account.pk, currency=CurrencyFactory().pk)
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    document = model.objects.get()
    assert document.status_reason in ("in_progress", "new")
    assert verbs(document) == ["created"]
    if model is not Invoice:
        assert document.ship_to_city == "Kiel"


def test_an_opportunity_made_here_starts_the_clock_of_its_stage(office: Client) -> None:
    path = "/admin/opportunities/opportunity/add/"
    stage = StageFactory()

    answer = office.post(
        path,
        filled(
            office,
            path,
            name="Deal",
            account=AccountFactory().pk,
            currency=CurrencyFactory().pk,
            stage=stage.pk,
        ),
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Opportunity.objects.get().stage_visits.count() == 1


def test_an_account_and_a_product_made_here_have_history(office: Client) -> None:
    account, product = "/admin/customers/account/add/", "/admin/catalog/product/add/"

    office.post(account, filled(office, account, name="Nord"))
    office.post(product, filled(office, product, sku="P-1", name="Pump", unit=UnitFactory().pk))

    assert verbs(Account.objects.get()) == ["created"]
    assert verbs(Product.objects.get()) == ["created"]
    assert Product.objects.get().status == "draft"


# --- changed ----------------------------------------------------------------------


def test_a_change_raises_the_version_and_is_remembered_with_old_and_new(office: Client, admin_user) -> None:
    lead = LeadFactory(topic="Pump")
    path = f"/admin/leads/lead/{lead.pk}/change/"

    answer = office.post(path, filled(office, path, topic="Two pumps"))

    assert answer.status_code == 302
    lead.refresh_from_db()
    entry = HistoryEntry.objects.get(record_id=lead.pk, verb="changed")
    assert (lead.topic, lead.version, lead.search_text[:5]) == ("Two pumps", 2, "lea-t")
    assert (entry.actor, entry.changes) == (admin_user, {"topic": ["Pump", "Two pumps"]})


def test_a_header_discount_changed_here_is_priced_by_the_engine(office: Client) -> None:
    quote = QuoteFactory()
    path = f"/admin/quotes/quote/{quote.pk}/change/"

    office.post(path, filled(office, path, discount_percent="10"))

    quote.refresh_from_db()
    assert quote.total == Decimal("107.10")


@pytest.mark.parametrize(
    ("kind", "factory"),
    [("leads/lead", LeadFactory), ("opportunities/opportunity", OpportunityFactory), ("quotes/quote", QuoteFactory),
     ("orders/order", OrderFactory), ("invoices/invoice", InvoiceFactory), ("customers/account", AccountFactory),
     ("catalog/product", ProductFactory)],
)  # fmt: skip
def test_status_number_amounts_and_the_erps_figures_cannot_be_typed(
    office: Client, kind: str, factory
) -> None:
    record = factory()
    path = f"/admin/{kind}/{record.pk}/change/"
    protected = {
        name: getattr(record, name) for name in FORGED if hasattr(record, name) and name != "version"
    }

    answer = office.post(path, filled(office, path, name="Changed", topic="Changed", **FORGED))

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    record.refresh_from_db()
    assert "Changed" in (getattr(record, "name", ""), getattr(record, "topic", ""))
    expected = {name: value for name, value in protected.items() if name != "search_text"}
    assert {name: getattr(record, name) for name in expected} == expected
    assert record.version < 99
    assert record.search_text != "forged"


def test_a_refusal_stands_on_the_form_with_what_was_typed(office: Client) -> None:
    quote = QuoteFactory()
    dollar = CurrencyFactory(code="USD")
    path = f"/admin/quotes/quote/{quote.pk}/change/"

    answer = office.post(path, filled(office, path, name="Typed", currency=dollar.pk))

    form = answer.context["adminform"].form
    quote.refresh_from_db()
    assert answer.status_code == 200
    assert form.errors["currency"] == ["The currency is fixed while there are lines."]
    assert form["name"].value() == "Typed"
    assert quote.name != "Typed"
    assert verbs(quote) == []


def test_a_page_that_is_older_than_the_record_saves_nothing(office: Client) -> None:
    lead = LeadFactory()
    path = f"/admin/leads/lead/{lead.pk}/change/"
    old_page = filled(office, path, topic="Mine")
    lead.topic = "Theirs"
    lead.save()

    answer = office.post(path, old_page)

    lead.refresh_from_db()
    assert answer.status_code == 200
    assert "changed this meanwhile" in answer.content.decode()
    assert lead.topic == "Theirs"


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("quotes/quote", lambda: QuoteFactory(status="active")),
        ("orders/order", lambda: OrderFactory(status="submitted")),
        ("invoices/invoice", lambda: InvoiceFactory(status_reason="billed")),
        ("leads/lead", lambda: LeadFactory(status="qualified")),
    ],
)
def test_what_its_status_closes_is_only_shown(office: Client, kind: str, record) -> None:
    made = record()
    path = f"/admin/{kind}/{made.pk}/change/"

    page = office.get(path)
    answer = office.post(path, {"name": "Forged", "topic": "Forged"})

    made.refresh_from_db()
    assert page.status_code == 200
    assert set(page.context["adminform"].form.fields) <= {"seen_version"}
    assert answer.status_code == 403
    assert "Forged" not in (getattr(made, "name", ""), getattr(made, "topic", ""))


def test_fields_that_the_organization_added_are_fields_here_too(office: Client) -> None:
    CustomField.objects.create(
        record_type="leads.lead", name="size", label="Fleet", kind="number", is_required=True
    )
    CustomField.objects.create(record_type="leads.lead", name="color", label="Color", kind="text")
    lead = LeadFactory(custom={"color": "red", "older": "kept"})
    path = f"/admin/leads/lead/{lead.pk}/change/"

    wrong = office.post(path, filled(office, path, custom_size="many"))
    answer = office.post(path, filled(office, path, custom_size="3", custom="{}"))

    assert "custom_size" in wrong.context["adminform"].form.errors
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert lead.custom == {"size": "3", "color": "red", "older": "kept"}


# --- steps of many ----------------------------------------------------------------


def chosen(client: Client, kind: str, action: str, *records) -> str:
    data = {"action": action, "_selected_action": [record.pk for record in records]}
    return client.post(f"/admin/{kind}/", data, follow=True).content.decode()


def test_many_leads_are_disqualified_each_for_itself_and_refusals_say_why(office: Client) -> None:
    free, hung, done = LeadFactory(), LeadFactory(), LeadFactory(status="disqualified")
    OpportunityFactory(lead=hung)

    page = chosen(office, "leads/lead", "disqualify_lost", free, hung, done)

    for lead in (free, hung):
        lead.refresh_from_db()
    assert (free.status, free.status_reason) == ("disqualified", "lost")
    assert verbs(free) == ["disqualified"]
    assert hung.status == "open"
    assert "1 row: Disqualify: Lost." in page
    assert f"{hung}: an opportunity hangs on it" in page
    assert f"{done}: it is disqualified" in page


@pytest.mark.parametrize(
    ("kind", "action", "record", "status"),
    [
        ("quotes/quote", "activate", lambda: QuoteFactory(), "active"),
        ("quotes/quote", "close_lost", lambda: QuoteFactory(status="active"), "closed"),
        ("orders/order", "submit", lambda: OrderFactory(), "submitted"),
        ("orders/order", "cancel_no_money", lambda: OrderFactory(), "canceled"),
        ("invoices/invoice", "cancel", lambda: InvoiceFactory(), "canceled"),
        ("catalog/product", "retire", lambda: ProductFactory(), "retired"),
    ],
)
def test_a_step_of_the_list_is_the_step_of_the_page(
    office: Client, kind: str, action: str, record, status: str
) -> None:
    made = record()

    chosen(office, kind, action, made)

    made.refresh_from_db()
    assert made.status == status
    assert len(verbs(made)) == 1


def test_invoices_confirmed_here_get_gapless_numbers(office: Client) -> None:
    invoices = [InvoiceFactory(), InvoiceFactory()]

    chosen(office, "invoices/invoice", "confirm", *invoices)

    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert [number[-5:] for number in numbers] == ["00001", "00002"]


def test_accounts_with_open_business_stay_active(office: Client) -> None:
    busy, idle = AccountFactory(), AccountFactory()
    OpportunityFactory(account=busy)

    page = chosen(office, "customers/account", "deactivate", busy, idle)

    busy.refresh_from_db()
    idle.refresh_from_db()
    assert (busy.is_active, idle.is_active) == (True, False)
    assert busy.name in page


# --- deleted ----------------------------------------------------------------------


def test_an_opportunity_with_a_quote_is_not_deleted_and_the_page_says_why(office: Client) -> None:
    opportunity = OpportunityFactory()
    quote = QuoteFactory(opportunity=opportunity)
    path = f"/admin/opportunities/opportunity/{opportunity.pk}/delete/"

    page = office.get(path).content.decode()
    office.post(path, {"post": "yes"})

    assert quote.number in page
    assert Opportunity.objects.filter(pk=opportunity.pk).exists()


def test_a_deleted_draft_stays_in_the_history(office: Client) -> None:
    quote = QuoteFactory()

    answer = office.post(f"/admin/quotes/quote/{quote.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Quote.objects.exists()
    assert verbs(quote) == ["deleted"]


@pytest.mark.parametrize(
    "factory",
    [
        AccountFactory,
        ContactFactory,
        LeadFactory,
        ActivityFactory,
        OrderFactory,
        InvoiceFactory,
        draft_product,
    ],
)
def test_what_is_deleted_waits_in_the_bin_unseen_and_is_put_back_from_there(office: Client, factory) -> None:
    made = factory()
    model = type(made)
    kind = made._meta.label_lower.replace(".", "/")
    office.post(f"/admin/{kind}/{made.pk}/delete/", {"post": "yes"})
    assert not model.objects.filter(pk=made.pk).exists()
    removed = RemovedRecord.objects.get()

    page = office.get(f"/admin/kernel/removedrecord/{removed.pk}/change/")
    chosen = {"action": "restore", "_selected_action": [removed.pk]}
    office.post("/admin/kernel/removedrecord/", chosen)

    assert page.status_code == 200
    assert str(removed) in page.content.decode()
    assert "search_text" not in page.content.decode()
    assert model.objects.get(pk=made.pk).version == made.version
    assert not RemovedRecord.objects.exists()
    assert verbs(made) == ["deleted", "restored"]


def test_what_was_merged_is_not_in_the_bin_of_the_back_office(office: Client, admin_user) -> None:
    removed = RemovedRecord.objects.create(
        record_type="leads.lead", record_id=1, title="Pump", why="merged", removed_by=admin_user
    )

    assert office.get(f"/admin/kernel/removedrecord/{removed.pk}/change/").status_code == 302
    assert "Pump" not in office.get("/admin/kernel/removedrecord/").content.decode()


def test_a_confirmed_invoice_is_not_deleted_and_the_answer_says_why(office: Client) -> None:
    invoice = InvoiceFactory(status_reason="billed")

    answer = office.post(f"/admin/invoices/invoice/{invoice.pk}/delete/", {"post": "yes"}, follow=True)

    assert "cancel or credit it instead" in answer.content.decode()
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_people_have_no_delete_page_because_records_name_them(office: Client) -> None:
    made = UserFactory()

    assert office.post(f"/admin/people/user/{made.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_currency_in_use_is_not_deleted(office: Client) -> None:
    quote = QuoteFactory()
    path = f"/admin/catalog/currency/{quote.currency_id}/delete/"

    page = office.get(path).content.decode()
    office.post(path, {"post": "yes"})

    assert "protected" in page
    assert type(quote.currency).objects.filter(pk=quote.currency_id).exists()


# --- people -----------------------------------------------------------------------


def test_reference_data_changed_here_has_a_history(office: Client) -> None:
    team = TeamFactory(name="North")
    path = f"/admin/people/team/{team.pk}/change/"

    office.post(path, filled(office, path, name="Far north"))

    entry = HistoryEntry.objects.get(record_type="people.team")
    assert entry.changes == {"name": ["North", "Far north"]}


def test_the_role_alone_opens_the_back_office(office: Client) -> None:
    user = UserFactory()
    path = f"/admin/people/user/{user.pk}/change/"

    office.post(path, filled(office, path, is_staff="on", is_superuser="on"))
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)

    office.post(path, filled(office, path, role=Role.ADMINISTRATOR))
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, False)


def test_no_password_reaches_the_history(office: Client) -> None:
    path = "/admin/people/user/add/"
    secret = "correct horse battery staple"

    answer = office.post(
        path,
        {"username": "new.rep", "usable_password": "true", "password1": secret, "password2": secret,
         "role": "salesperson", "first_name": "New", "last_name": "Rep"},
    )  # fmt: skip

    user = User.objects.get(username="new.rep")
    assert answer.status_code == 302
    assert user.check_password(secret)
    assert secret not in str(list(HistoryEntry.objects.values()))


def test_nobody_gives_a_password_to_a_machine(office: Client) -> None:
    machine = UserFactory(is_service=True, role="integration")

    answer = office.post(
        f"/admin/people/user/{machine.pk}/password/", {"password1": "x" * 20, "password2": "x" * 20}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "is_staff", "is_active"),
    [("salesperson", True, True), ("sales_manager", True, True), ("finance", True, True), ("integration", True, True),
     ("administrator", False, True), ("administrator", True, False)],
)  # fmt: skip
def test_only_active_administrators_of_the_staff_get_in(role: str, is_staff: bool, is_active: bool) -> None:
    LeadFactory(topic="Secret topic")
    client = Client()
    client.force_login(UserFactory(role=role, is_staff=is_staff, is_active=is_active))

    answer = client.get("/admin/leads/lead/")

    assert answer.status_code == 302
    assert b"Secret topic" not in answer.content


def test_a_revoked_token_is_worth_nothing(office: Client) -> None:
    from_the_list = UserFactory(role="integration")
    token_row, token = from_the_list._meta.apps.get_model("people.ApiToken").objects.create(
        user=from_the_list, name="t"
    )
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/quotes/", headers=headers).status_code == 200

    office.post(f"/admin/people/apitoken/{token_row.pk}/delete/", {"post": "yes"})

    assert Client().get("/api/v1/quotes/", headers=headers).status_code == 401
