"""The qualify page: which account, contact and opportunity, with the likely ones offered first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from kernel.forms import plain, use_native_picker
from leads.models import Lead
from leads.selectors import Match, certain, matching_accounts, matching_contacts
from opportunities.filling import Difference, differences
from opportunities.models import Opportunity
from opportunities.qualifying import Choices, Make, NewOpportunity
from people.access import may

OFFERED = 4
NEW, NONE, OTHER, LINKED = "new", "none", "other", "linked"
IN_PLACE = {"account": ("company",), "contact": ("first_name", "last_name")}


@dataclass
class Option:
    """One radio button: what it means, what speaks for it, and what the lead says differently."""

    value: str
    label: Any
    match: Match | None = None
    checked: bool = False
    differences: list[Difference] = field(default_factory=list)


class QualifyForm(forms.Form):
    """What the lead becomes; every choice can be made with plain radio buttons."""

    account = forms.ChoiceField(label=_("Account"), widget=forms.RadioSelect)
    other_account = CustomerField("account", label=_("Another account"))
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    fill_account = forms.BooleanField(label=_("Add what the account does not say yet"), required=False)
    contact = forms.ChoiceField(label=_("Contact"), widget=forms.RadioSelect)
    other_contact = CustomerField("contact", label=_("Another contact"))
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    fill_contact = forms.BooleanField(label=_("Add what the contact does not say yet"), required=False)
    opportunity = forms.ChoiceField(label=_("Opportunity"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    estimated_revenue = forms.DecimalField(
        label=_("Estimated revenue"), required=False, min_value=0, max_digits=15, decimal_places=4
    )
    estimated_close_on = forms.DateField(label=_("Estimated close date"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Only if you make a new customer although a very similar one is known."),
    )

    def __init__(self, *args: Any, lead: Lead, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead = lead
        self.matches = {
            "account": matching_accounts(lead, user)[:OFFERED],
            "contact": matching_contacts(lead, user)[:OFFERED],
        }
        self.known = list(lead.opportunities.order_by("id")[:10])
        for kind in ("account", "contact"):
            other: Any = self.fields[f"other_{kind}"]
            other.serve(user)
        self.offer("account", lead.company)
        self.offer("contact", lead.name if lead.last_name else "")
        self.offer_opportunity()
        self.leave_out(user)
        use_native_picker(self.fields["estimated_close_on"])
        self.initial["name"] = lead.topic
        self.initial["estimated_close_on"] = lead.estimated_close_on
        if lead.estimated_value is not None:
            self.initial["estimated_revenue"] = plain(lead.estimated_value)

    def leave_out(self, user: Any) -> None:
        """What has no place on this page: names the lead has, a reason where nobody asks for one."""
        for kind, names in IN_PLACE.items():
            if getattr(self.lead, names[-1]):
                for name in names:
                    del self.fields[name]
            existing = [one for one in self.rows_of(kind) if one.differences]
            if not any(each.fills for one in existing for each in one.differences):
                del self.fields[f"fill_{kind}"]
        found = any(certain(matches) for matches in self.matches.values())
        if not found or not may(user, "override_duplicate", self.lead):
            del self.fields["reason"]

    # --- what can be chosen ------------------------------------------------------------------------------

    def offer(self, kind: str, name: str) -> None:
        """The choices for one kind of customer: the one linked, likely ones, a new one, another one, none."""
        linked = getattr(self.lead, kind)
        matches: Sequence[Match] = [m for m in self.matches[kind] if m.record != linked]
        self.matches[kind] = list(matches)
        choices: list[tuple[str, Any]] = []
        if linked:
            choices.append((LINKED, _("Use “%(name)s”, linked to this lead") % {"name": linked.name}))
        choices += [(f"use:{match.record.ref}", used(match)) for match in matches]
        create = _("Create “%(name)s”") % {"name": name} if name else _("Create a new one, named below")
        choices.append((NEW, create))
        choices.append((OTHER, _("Use another one, named below")))
        choices.append((NONE, _("None")))
        chosen: Any = self.fields[kind]
        chosen.choices = choices
        best = next((f"use:{match.record.ref}" for match in certain(list(matches))), NEW if name else NONE)
        self.initial[kind] = LINKED if linked else best

    def offer_opportunity(self) -> None:
        """A new opportunity; where one is there already, nothing is chosen beforehand."""
        chosen: Any = self.fields["opportunity"]
        keep = [
            (
                f"keep:{o.ref}",
                _("Keep %(opportunity)s (%(status)s)") % {"opportunity": o, "status": o.get_status_display()},
            )
            for o in self.known
        ]
        beside = _("Create another one") if keep else _("Create")
        chosen.choices = [*keep, (NEW, beside), (NONE, _("None"))]
        if not keep:
            self.initial["opportunity"] = NEW

    def rows_of(self, kind: str) -> list[Option]:
        """The radio buttons of one kind, with what speaks for each and what is different."""
        now = self[kind].value()
        by_value = {f"use:{match.record.ref}": match for match in self.matches.get(kind, [])}
        rows = []
        chosen: Any = self.fields[kind]
        for value, label in chosen.choices:
            match = by_value.get(value)
            record = match.record if match else getattr(self.lead, kind, None) if value == LINKED else None
            rows.append(
                Option(value, label, match, value == now, differences(self.lead, record) if record else [])
            )
        return rows

    # --- what was chosen ---------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """“Another one” needs a name, and so does a new one."""
        values: dict[str, Any] = super().clean() or {}
        for kind, names in IN_PLACE.items():
            other = f"other_{kind}"
            if values.get(kind) == OTHER and not values.get(other) and other not in self.errors:
                self.add_error(other, _("Say which one."))
            needed = names[-1]
            if values.get(kind) == NEW and needed in self.fields and not values.get(needed):
                self.add_error(needed, _("A new one needs a name."))
        return values

    def choices(self) -> Choices:
        """What was chosen, as the action takes it."""
        values = self.cleaned_data
        said = {name: values[name] for names in IN_PLACE.values() for name in names if values.get(name)}
        return Choices(
            account=self.customer("account"),
            contact=self.customer("contact"),
            opportunity=self.deal(),
            reason=values.get("reason", ""),
            fill=frozenset(kind for kind in IN_PLACE if values.get(f"fill_{kind}")),
            said=said,
        )

    def customer(self, kind: str) -> Any:
        chosen = self.cleaned_data[kind]
        if chosen == OTHER:
            return self.cleaned_data[f"other_{kind}"]
        fixed = {NEW: Make.NEW, NONE: None, LINKED: getattr(self.lead, kind)}
        by_ref = {f"use:{match.record.ref}": match.record for match in self.matches[kind]}
        return {**fixed, **by_ref}[chosen]

    def deal(self) -> Opportunity | NewOpportunity | None:
        chosen, values = self.cleaned_data["opportunity"], self.cleaned_data
        if chosen == NONE:
            return None
        if chosen == NEW:
            return NewOpportunity(values["name"], values["estimated_revenue"], values["estimated_close_on"])
        return next(known for known in self.known if chosen == f"keep:{known.ref}")


def used(match: Match) -> Any:
    """A likely customer by name and number."""
    return _("Use “%(name)s” %(number)s") % {"name": match.record.name, "number": match.record.ref}


class ReopenForm(forms.Form):
    """What becomes of the opportunities of a lead that is worked on again."""

    opportunities = forms.ChoiceField(
        label=_("Its open opportunity"),
        choices=[("keep", _("Stays as it is")), ("close", _("Is closed as canceled"))],
        widget=forms.RadioSelect,
        initial="keep",
        required=False,
    )

    def clean_opportunities(self) -> str:
        return self.cleaned_data["opportunities"] or "keep"
