"""The qualify page: which account, contact and opportunity, with the likely ones offered first."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from kernel.forms import plain, use_native_picker
from leads.models import Lead
from leads.selectors import Match, certain, matching_accounts, matching_contacts
from opportunities.models import Opportunity
from opportunities.qualifying import Choices, Make, NewOpportunity

OFFERED = 4
NEW, NONE, OTHER, LINKED = "new", "none", "other", "linked"


class QualifyForm(forms.Form):
    """What the lead becomes; every choice can be made with plain radio buttons."""

    account = forms.ChoiceField(label=_("Account"), widget=forms.RadioSelect)
    other_account = CustomerField("account", label=_("Another account"))
    contact = forms.ChoiceField(label=_("Contact"), widget=forms.RadioSelect)
    other_contact = CustomerField("contact", label=_("Another contact"))
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
            field: Any = self.fields[f"other_{kind}"]
            field.serve(user)
        self.offer("account", lead.company, _("Create “%(name)s”"))
        self.offer("contact", lead.name if lead.last_name else "", _("Create “%(name)s”"))
        self.offer_opportunity()
        use_native_picker(self.fields["estimated_close_on"])
        if not any(certain(matches) for matches in self.matches.values()):
            del self.fields["reason"]
        self.initial["name"] = lead.topic
        self.initial["estimated_close_on"] = lead.estimated_close_on
        if lead.estimated_value is not None:
            self.initial["estimated_revenue"] = plain(lead.estimated_value)

    def offer(self, kind: str, name: str, create: Any) -> None:
        """The choices for one kind of customer: the one linked, likely ones, a new one, another one, none."""
        linked = getattr(self.lead, kind)
        matches: Sequence[Match] = [m for m in self.matches[kind] if m.record != linked]
        choices: list[tuple[str, Any]] = []
        if linked:
            choices.append((LINKED, _("Use “%(name)s”, linked to this lead") % {"name": linked.name}))
        choices += [(f"use:{match.record.ref}", described(match)) for match in matches]
        if name:
            choices.append((NEW, create % {"name": name}))
        choices.append((OTHER, _("Use another one, named below")))
        choices.append((NONE, _("None")))
        field: Any = self.fields[kind]
        field.choices = choices
        best = next((f"use:{match.record.ref}" for match in certain(list(matches))), NEW if name else NONE)
        self.initial[kind] = LINKED if linked else best

    def offer_opportunity(self) -> None:
        """A new opportunity; where one is there already, nothing is chosen beforehand."""
        field: Any = self.fields["opportunity"]
        keep = [
            (
                f"keep:{o.ref}",
                _("Keep %(opportunity)s (%(status)s)") % {"opportunity": o, "status": o.get_status_display()},
            )
            for o in self.known
        ]
        beside = _("Create another one") if keep else _("Create")
        field.choices = [*keep, (NEW, beside), (NONE, _("None"))]
        if not keep:
            self.initial["opportunity"] = NEW

    def clean(self) -> dict[str, Any]:
        """“Another one” needs a name."""
        values: dict[str, Any] = super().clean() or {}
        for kind in ("account", "contact"):
            other = f"other_{kind}"
            if values.get(kind) == OTHER and not values.get(other) and other not in self.errors:
                self.add_error(other, _("Say which one."))
        return values

    def choices(self) -> Choices:
        """What was chosen, as the action takes it."""
        values = self.cleaned_data
        return Choices(
            account=self.customer("account"),
            contact=self.customer("contact"),
            opportunity=self.deal(),
            reason=values.get("reason", ""),
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


def described(match: Match) -> str:
    """A likely customer with what speaks for it."""
    reasons = ", ".join(str(reason) for reason in match.reasons)
    return _("Use “%(name)s” %(number)s · %(percent)s %% match: %(reasons)s") % {
        "name": match.record.name,
        "number": match.record.ref,
        "percent": match.percent,
        "reasons": reasons,
    }
