"""Who may see and do what: the one rule object that page, API, admin, search, export and task all ask.

A grant says for a role and a kind of record: which records (scope) and which verbs. Verbs are "view", "add",
"change", "delete" and the names of the steps. A record outside one's scope does not exist for the asker (404).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from people.models import Role


class Scope(StrEnum):
    """How far a role sees."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True)
class Grant:
    """The records of one kind a role reaches, and what it may do with them."""

    scope: Scope
    verbs: frozenset[str]

    def allows(self, verb: str) -> bool:
        return verb in self.verbs or "*" in self.verbs


def grant(scope: Scope, verbs: str) -> Grant:
    return Grant(scope, frozenset(verbs.split()))


NOTHING = grant(Scope.NONE, "")
VIEW = grant(Scope.ALL, "view")
EVERYTHING = grant(Scope.ALL, "*")

EDIT = "view add change delete"
LEAD = f"{EDIT} export contact qualify disqualify reopen override_duplicate import merge"
OPPORTUNITY = f"{EDIT} export move judge hold resume win lose reopen"
QUOTE = f"{EDIT} export activate send revise accept close"
ORDER = f"{EDIT} export submit hold resume lock unlock request_change import"
# Canceling the rest of an order may complete its billing, so "bill" comes along with deliveries.
FULFILL = "fulfill_partly fulfill_completely record_fulfillment bill promise close_rest decide_change"
BILL = "bill unbill unbill_unfulfilled bill_partly create_invoice"
CALL = "view add reset"
INVOICE = f"{EDIT} export assign confirm pay credit cancel send remind refund book"

CATALOG = ("product", "productfamily", "unit", "unitgroup", "pricelist", "pricelistitem", "discountlist",
           "discounttier", "taxcode", "taxrate", "currency", "exchangerate", "paymentterms", "territory")  # fmt: skip

_catalog_view = dict.fromkeys(CATALOG, VIEW)
_catalog_edit = dict.fromkeys(
    CATALOG, grant(Scope.ALL, "view export add change delete activate retire revise import")
)
FORECAST_VIEW = dict.fromkeys(("goal", "forecastcall", "snapshot", "dealasof"), VIEW)
IMPORTER = "view add change delete run undo"

GRANTS: dict[str, dict[str, Grant]] = {
    Role.SALESPERSON: {
        **_catalog_view,
        "account": grant(Scope.TEAM, "view add change import override_duplicate"),
        "contact": grant(Scope.TEAM, "view add change import merge override_duplicate"),
        "activity": grant(Scope.OWN, EDIT + " export complete cancel reopen"),
        "lead": grant(Scope.OWN, LEAD),
        "customfield": VIEW,
        "pipeline": VIEW,
        "stage": VIEW,
        "lossreason": VIEW,
        "competitor": VIEW,
        "opportunity": grant(Scope.OWN, OPPORTUNITY),
        "goal": grant(Scope.OWN, "view"),
        "forecastcall": grant(Scope.OWN, CALL),
        "snapshot": VIEW,
        "dealasof": grant(Scope.OWN, "view"),
        "quote": grant(Scope.OWN, QUOTE),
        "order": grant(Scope.OWN, f"{ORDER} cancel"),
        "importrun": grant(Scope.OWN, IMPORTER),
        "invoice": grant(Scope.OWN, "view export"),
        "payment": grant(Scope.NONE, ""),
        "savedview": grant(Scope.ALL, "share_team"),
    },
    Role.SALES_MANAGER: {
        **_catalog_edit,
        "account": grant(Scope.TEAM, f"{EDIT} export deactivate activate import merge override_duplicate"),
        "contact": grant(Scope.TEAM, f"{EDIT} export deactivate activate import merge override_duplicate"),
        "activity": grant(Scope.TEAM, EDIT + " export complete cancel reopen assign"),
        "lead": grant(Scope.TEAM, f"{LEAD} assign"),
        "webentry": grant(Scope.ALL, "view release discard"),
        "team": VIEW,
        "customfield": VIEW,
        "pipeline": VIEW,
        "stage": VIEW,
        "lossreason": VIEW,
        "competitor": VIEW,
        "opportunity": grant(Scope.TEAM, f"{OPPORTUNITY} assign"),
        "goal": grant(Scope.TEAM, "view add withdraw"),
        "forecastcall": grant(Scope.TEAM, CALL),
        "snapshot": grant(Scope.ALL, "view add"),
        "dealasof": grant(Scope.TEAM, "view"),
        "quote": grant(Scope.TEAM, f"{QUOTE} assign approve"),
        "order": grant(Scope.TEAM, f"{ORDER} {FULFILL} cancel assign override_credit"),
        "importrun": grant(Scope.TEAM, IMPORTER),
        "invoice": grant(Scope.TEAM, "view export"),
        "payment": grant(Scope.NONE, ""),
        "savedview": grant(Scope.ALL, "share_team share_all"),
    },
    Role.FINANCE: {
        **_catalog_view,
        "taxcode": grant(Scope.ALL, EDIT),
        "taxrate": grant(Scope.ALL, EDIT),
        "exchangerate": grant(Scope.ALL, EDIT),
        "paymentterms": grant(Scope.ALL, EDIT),
        "account": grant(Scope.ALL, "view change export"),
        "contact": VIEW,
        "activity": VIEW,
        "lead": VIEW,
        "customfield": VIEW,
        "pipeline": VIEW,
        "stage": VIEW,
        "lossreason": VIEW,
        "competitor": VIEW,
        "opportunity": VIEW,
        **FORECAST_VIEW,
        "quote": VIEW,
        "order": grant(Scope.ALL, f"view export {BILL} override_credit"),
        "invoice": grant(Scope.ALL, INVOICE),
        "payment": grant(Scope.ALL, "view export add allocate refund reverse"),
        "savedview": grant(Scope.ALL, "share_team share_all"),
        "outboxmessage": grant(Scope.ALL, "view"),
    },
    Role.ADMINISTRATOR: {},
    Role.INTEGRATION: {
        **_catalog_view,
        "account": grant(Scope.ALL, "view add change import merge override_duplicate"),
        "contact": grant(Scope.ALL, "view add change import merge override_duplicate"),
        "activity": VIEW,
        "lead": grant(Scope.ALL, f"{LEAD} assign"),
        "customfield": VIEW,
        "pipeline": VIEW,
        "stage": VIEW,
        "lossreason": VIEW,
        "competitor": VIEW,
        "opportunity": grant(Scope.ALL, f"{OPPORTUNITY} assign"),
        **FORECAST_VIEW,
        "quote": grant(Scope.ALL, f"{QUOTE} expire assign"),
        "order": grant(Scope.ALL, f"{ORDER} {FULFILL} {BILL} cancel write_back assign"),
        "invoice": grant(Scope.ALL, f"{INVOICE} write_back ship"),
        "payment": grant(Scope.ALL, "view add allocate refund reverse"),
        "outboxmessage": grant(Scope.ALL, "view"),
        "connection": VIEW,
        "importrun": grant(Scope.OWN, IMPORTER),
    },
}

# How many rows a role may import from one file; a role that is not named imports nothing.
IMPORT_ROWS: dict[str, int] = {
    Role.SALESPERSON: 10_000,
    Role.SALES_MANAGER: 200_000,
    Role.ADMINISTRATOR: 1_000_000,
    Role.INTEGRATION: 1_000_000,
}

# Fields that only some roles read or write, by kind of record.
RESERVED_FIELDS: dict[str, dict[str, frozenset[str]]] = {
    "product": {
        "current_cost": frozenset({Role.SALES_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}),
        "standard_cost": frozenset({Role.SALES_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}),
    },
    "line": {
        "unit_cost": frozenset({Role.SALES_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}),
        "margin": frozenset({Role.SALES_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}),
    },
    "account": {"credit_limit": frozenset({Role.SALES_MANAGER, Role.FINANCE, Role.ADMINISTRATOR})},
}


def grant_for(user: Any, kind: str) -> Grant:
    """What this person may do with this kind of record."""
    if not user.is_authenticated or not user.is_active:
        return NOTHING
    if user.role == Role.ADMINISTRATOR or user.is_superuser:
        return EVERYTHING
    return GRANTS[user.role].get(kind, NOTHING)


def most_import_rows(user: Any) -> int:
    """How many rows this person may import from one file."""
    return IMPORT_ROWS[Role.ADMINISTRATOR] if user.is_superuser else IMPORT_ROWS.get(user.role, 0)


def kind_of(record_or_model: Any) -> str:
    """The kind of record that grants speak of."""
    return str(record_or_model._meta.model_name)


def visible(user: Any, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The part of the queryset that exists for this person."""
    found = grant_for(user, kind_of(queryset.model))
    if not found.allows("view") or found.scope == Scope.NONE:
        return queryset.none()
    if found.scope == Scope.ALL:
        return queryset
    return queryset.filter(reach(user, found.scope))


def reach(user: Any, scope: Scope) -> models.Q:
    """The rows within a scope, by their owner and team; all of them for those who see all."""
    if scope == Scope.ALL:
        return models.Q(pk__isnull=False)
    team = models.Q(team__in=user.team_ids)
    return models.Q(owner=user) | (team if scope == Scope.TEAM else team & models.Q(owner__isnull=True))


def may(user: Any, verb: str, record_or_model: Any) -> bool:
    """Whether this person may do this, to this record or (given a model) in general."""
    found = grant_for(user, kind_of(record_or_model))
    if not found.allows(verb):
        return False
    return isinstance(record_or_model, type) or in_scope(user, record_or_model, found.scope)


def require(user: Any, verb: str, record_or_model: Any) -> None:
    """Raise PermissionDenied unless this person may do this."""
    if not may(user, verb, record_or_model):
        raise PermissionDenied(_("You may not do this."))


def refuse_handover(record: Any, values: Mapping[str, Any], by: Any) -> None:
    """A new owner or team is given by those who may assign, and only within their own reach.

    What waits in one's team's queue may be taken by hand.
    """
    after = type(record)(**{name: values.get(name, getattr(record, name)) for name in ("owner", "team")})
    if (after.owner_id, after.team_id) == (record.owner_id, record.team_id):
        return
    if record.owner_id is None and after.owner_id == by.pk and may(by, "change", record):
        return
    require(by, "assign", record)
    if not may(by, "assign", after):
        raise DomainError(
            _("You may hand it only to somebody you work with."), code="out_of_reach", field="owner"
        )


def allows(verb: str) -> Callable[[Any, Any], bool]:
    """The permission of a step: ``@transition(permission=allows("activate"))``."""

    def permission(record: Any, user: Any) -> bool:
        return may(user, verb, record)

    return permission


def in_scope(user: Any, record: Any, scope: Scope) -> bool:
    """Whether the record lies within reach; records nobody owns (a catalog) are in everybody's."""
    if scope == Scope.ALL:
        return True
    if scope == Scope.NONE:
        return False
    mine = record.owner_id == user.pk or (record.owner_id is None and record.team_id in user.team_ids)
    return mine or (scope == Scope.TEAM and record.team_id in user.team_ids)


def hidden_fields(user: Any, kind: str) -> frozenset[str]:
    """The fields of this kind of record that this person neither reads nor writes."""
    if not user.is_authenticated:
        return frozenset(RESERVED_FIELDS.get(kind, {}))
    if user.is_superuser:
        return frozenset()
    return frozenset(name for name, roles in RESERVED_FIELDS.get(kind, {}).items() if user.role not in roles)
