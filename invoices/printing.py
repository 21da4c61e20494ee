"""Invoices and credit notes on paper."""

import datetime as dt
from typing import Any

from catalog.payment_words import early_text, payment_texts
from catalog.printing import Sheet, document_pdf
from invoices.models import Invoice
from kernel.formats import day_text

PRINTED_WITH = ("account", "contact", "currency", "owner", "payment_terms", "order__quote", "credits")


class InvoiceSheet(Sheet):
    """What is owed, or no longer owed, and how to pay it."""

    document: Invoice

    @property
    def kind(self) -> str:  # type: ignore[override]
        return str(self.document.kind)

    @property
    def is_credit(self) -> bool:
        return self.document.kind == Invoice.Kind.CREDIT_NOTE

    def language(self) -> str:
        order = self.document.order
        return order.quote.language if order and order.quote else ""

    def day(self) -> dt.date | None:
        return self.document.issued_on

    def number(self) -> str:
        return self.document.number or ""

    def mark(self) -> str:
        if self.document.status == Invoice.Status.CANCELED:
            return "canceled"
        return "" if self.document.number else "draft"

    def facts(self) -> list[tuple[str, Any]]:
        invoice = self.document
        order = invoice.order
        return [
            # With instalments the next day moves on as they are paid; the paper says all of them below.
            ("due_date", None if self.is_credit or invoice.instalments.all() else invoice.due_on),
            ("for_invoice", invoice.credits.ref if invoice.credits else ""),
            ("your_order", order.customer_po if order else ""),
            ("our_order", order.ref if order else ""),
        ]

    def payment(self) -> list[str]:
        if self.is_credit:
            return [self.words("credited")]
        texts = self.instalments() or self.due()
        if texts and self.document.number:
            texts.append(self.words("reason", number=self.document.number))
        return texts

    def due(self) -> list[str]:
        invoice = self.document
        return payment_texts(
            invoice.payment_terms, self.words, invoiced_on=invoice.issued_on, due_on=invoice.due_on
        )

    def instalments(self) -> list[str]:
        """Amounts and days as they were fixed when the invoice was confirmed."""
        invoice, words = self.document, self.words
        parts = [
            words(
                "part_amount_by",
                amount=f"{self.money(part.amount)} {self.currency}",
                date=day_text(part.due_on),
            )
            for part in invoice.instalments.all()
        ]
        terms = invoice.payment_terms
        if parts and terms and terms.early_percent and invoice.issued_on:
            parts.append(early_text(terms, words, invoice.issued_on))
        return parts

    def terms(self) -> str:
        return "" if self.is_credit else self.organization.invoice_terms


def invoice_pdf(invoice: Invoice, *, language: str = "") -> bytes:
    """The invoice or credit note as a PDF, in the language of the quote it came from."""
    return document_pdf(InvoiceSheet(invoice, language=language))
