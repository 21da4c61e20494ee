"""Days of what was booked before the ledger knew days, and three levels of reminders to start with."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncDate

SALUTATION = "Dear {customer},\n\n"
LEVELS = [
    (1, "Reminder", 7, "Reminder: invoice {number}",
     SALUTATION + "perhaps it escaped you: invoice {number} over {amount} was due on {due}. "
     "If your payment is on its way already, please ignore this letter.\n\nThe invoice is attached."),
    (2, "Second reminder", 21, "Second reminder: invoice {number}",
     SALUTATION + "invoice {number} over {amount} was due on {due}, {days} days ago. "
     "Please pay it within seven days, or tell us what is in the way.\n\nThe invoice is attached."),
    (3, "Last reminder", 35, "Last reminder: invoice {number}",
     SALUTATION + "invoice {number} over {amount} has been due since {due}. "
     "If we do not receive your payment within seven days we shall have to stop deliveries.\n\nThe invoice is attached."),
]  # fmt: skip


def fill(apps, schema_editor):
    """Allocations count from the day of their payment or credit note, cancellations from their last change."""
    Allocation, Invoice, Payment, Level = (
        apps.get_model("invoices", name) for name in ("Allocation", "Invoice", "Payment", "ReminderLevel")
    )
    received = Payment.objects.filter(pk=OuterRef("payment_id")).values("received_on")[:1]
    issued = Invoice.objects.filter(pk=OuterRef("credit_note_id"), issued_on__isnull=False).values("issued_on")[:1]
    Allocation.objects.filter(payment__isnull=False).update(on=Subquery(received))
    Allocation.objects.filter(credit_note__issued_on__isnull=False).update(on=Subquery(issued))
    Invoice.objects.filter(status="canceled", number__isnull=False).update(canceled_on=TruncDate("updated_at"))
    for level, name, days, subject, text in LEVELS:
        Level.objects.get_or_create(
            level=level, defaults={"name": name, "days_overdue": days, "subject": subject, "text": text}
        )


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_ledger")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
