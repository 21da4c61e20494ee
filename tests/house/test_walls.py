"""The walls of the house: what must be nowhere, and what may be in one place only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "kernel", "people", "duplicates", "catalog", "customers", "activities", "leads", "opportunities", "quotes",
    "orders", "invoices", "integrations", "imports", "forecasts", "reports", "salesops",
)  # fmt: skip
LEDGER = (
    "kernel",
    "catalog",
    "leads",
    "opportunities",
    "quotes",
    "orders",
    "invoices",
    "forecasts",
    "reports",
)


def sources(*rooms: str) -> Iterator[tuple[str, str]]:
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def places(pattern: str, *rooms: str) -> set[str]:
    """The files in which the pattern occurs outside of comments."""
    wanted = re.compile(pattern)
    return {
        name
        for name, text in sources(*rooms)
        if any(wanted.search(line.split("#")[0]) for line in text.splitlines())
    }


def templates() -> Iterator[tuple[str, str]]:
    for top in (ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)):
        for path in sorted(top.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(ROOT)), path.read_text()


# --- states -----------------------------------------------------------------------------------------


def test_no_query_writes_a_status_past_its_steps() -> None:
    assert places(r"update\([^)]*\bstatus(_reason)?=") == set()
    assert places(r"bulk_update\([^)]*[\"']status[\"']") == set()


def documents() -> set[str]:
    return {m._meta.model_name for m in apps.get_models() if any(f.name == "status" for f in m._meta.fields)}


def test_no_status_is_assigned_outside_the_steps_of_its_record() -> None:
    """HTTP answers and ERP errors have a ``self.status`` too; a record's is protected and named after the record."""
    names = "|".join(sorted(documents() | {"document", "record"}))

    assert places(rf"\b({names})\.status\s*=[^=]") == set()
    assert places(r"setattr\([^)]*[\"']status[\"']") == set()


def test_a_reason_is_written_by_steps_in_models_only() -> None:
    found = {name for name in places(r"\.status_reason\s*=[^=]") if "models" not in name}

    assert found == set()


def test_no_signal_of_the_orm_does_anything_behind_the_actions() -> None:
    assert places(r"\b(post_save|pre_save|post_delete|pre_delete|m2m_changed)\b") == set()


# Who may open a transaction, beside the actions, and why.
OPEN_TRANSACTIONS = {
    "kernel/tables/bulk_run.py": "each of many rows is done or refused for itself, and the job notes it with them",
    "kernel/tables/export.py": "a job is asked for, and notes how far its file is",
    "catalog/reference.py": "actions of reference data",
    "integrations/inbox.py": "the inbox engine",
    "integrations/pull.py": "the pull engine",
    "kernel/jobs.py": "the engine of long work: a turn that ends, and who is told of it",
    "kernel/snapshots.py": "a savepoint, which tells that something else has taken a row's place",
    "kernel/customfields/runners.py": "each chunk of a purge, as every job does it",
    "people/removing.py": "the actions of the recycle bin",
    "reports/search.py": "a setting that holds for the queries of one search only",
    "kernel/postman.py": "the mail engine",
    "kernel/relay.py": "the outbox engine",
    "kernel/replay.py": "an idempotency key and its effect are one commit",
    "salesops/management/commands/load_demo.py": "all of the demo or nothing",
    "salesops/starting.py": "all of a new organization or nothing",
}


def test_transactions_are_opened_by_actions_and_by_few_others() -> None:
    opened = {name for name in places(r"\btransaction\.atomic\b|\batomic\(") if "actions" not in name}

    assert opened <= OPEN_TRANSACTIONS.keys(), opened - OPEN_TRANSACTIONS.keys()


# --- money ------------------------------------------------------------------------------------------


def test_only_the_pricing_engine_rounds_our_money() -> None:
    """Tryton's own rounding is imitated in its adapter, to foretell its totals."""
    allowed = ("kernel/pricing/", "integrations/adapters/tryton/", "salesops/demo/")

    assert {name for name in places(r"\.quantize\(") if not name.startswith(allowed)} == set()


def test_no_float_touches_money() -> None:
    """The line editor sorts typed positions as floats and pictures are drawn by them: places, not amounts."""
    drawn = {"kernel/charts/canvas.py", "kernel/charts/dots.py", "kernel/charts/scales.py"}
    assert places(r"\bfloat\(", *LEDGER) <= {"catalog/typed_lines.py", *drawn}
    fields = [f for m in apps.get_models() for f in m._meta.fields if isinstance(f, models.FloatField)]
    assert [str(field) for field in fields if field.model._meta.app_label in ROOMS] == []


def test_no_decimal_has_more_digits_than_every_database_keeps() -> None:
    fields = [f for m in apps.get_models() for f in m._meta.fields if isinstance(f, models.DecimalField)]

    # The sums of many deals: the database that counts for them keeps every digit.
    sums = ("opportunities.Tally", "forecasts.SumAsOf")
    wide = {f"{model}.{column}" for model in sums for column in ("amount", "percents")}
    assert {str(field) for field in fields if field.max_digits > 15} <= wide


# --- doors ------------------------------------------------------------------------------------------


def test_html_is_declared_safe_and_tokens_are_waived_only_where_a_reason_is_known() -> None:
    assert places(r"\bcsrf_exempt\b") == {
        "integrations/hooks.py",  # signed by the sender over the raw body
        "leads/web_views.py",  # visitors of web sites: nobody's session is used
    }
    assert places(r"\bmark_safe\b") <= {
        "kernel/jinja.py",  # what Jinja2 has rendered and escaped already, and icons of a package
        "integrations/panel.py",  # what Jinja2 has rendered and escaped already
        "kernel/charts/drawing.py",  # shapes; words and addresses are escaped where they are drawn
    }
    # Constant HTML that takes its values escaped, by Markup.format(), Markup.join() and escape().
    assert places(r"\bSafeString\(|\bMarkup\(|autoescape=False|__html__") <= {
        "kernel/tables/cells.py",
        "opportunities/board_drawing.py",
        "kernel/customfields/facts.py",
        "kernel/customfields/references.py",
    }


def test_templates_switch_escaping_off_nowhere() -> None:
    allowed = {"salesops/templates/drf_spectacular/swagger_ui.html"}
    found = {
        name
        for name, text in templates()
        if re.search(r"\|\s*safe\b|autoescape\s+(false|off)|\{%\s*autoescape", text)
    }

    assert found <= allowed


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    """The content policy would not run them; better to have none."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:", re.I
    )
    found = {f"{name}: {hit.group(0).strip()}" for name, text in templates() for hit in inline.finditer(text)}

    # The form that organizations copy to pages of their own, where none of our style sheets is; we show it as text.
    assert found == {'templates/web/snippet.html: style="'}


def test_every_posting_form_of_a_template_carries_the_token() -> None:
    posting = re.compile(r"<form\b[^>]*method=[\"']?post[^>]*>(.*?)</form>", re.I | re.S)
    bare = {
        name
        for name, text in templates()
        for body in posting.findall(text)
        if "csrf" not in body and "caller(" not in body
    }

    # What visitors of web sites send is done in nobody's name, see leads/web_views.py.
    assert bare == {"templates/web/form.html", "templates/web/snippet.html"}


def test_every_body_and_form_names_its_fields() -> None:
    found = set()
    for name, text in sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                for line in node.body:
                    if isinstance(line, ast.Assign) and (word := getattr(line.targets[0], "id", "")) in (
                        "fields",
                        "exclude",
                    ):
                        value = getattr(line.value, "value", None)
                        if word == "exclude" or value == "__all__":
                            found.add(f"{name}:{line.lineno}")

    assert found == set()


def test_secrets_and_tokens_are_compared_in_constant_time() -> None:
    assert places(r"(signature|digest|token|secret)\w*\s*(==|!=)\s*\w", "integrations", "people") == set()


def test_no_sql_is_put_together_from_strings() -> None:
    assert places(r"\.(raw|extra)\(|RawSQL") == {
        "customers/family.py",  # an account and all below it: WITH RECURSIVE, constant text, values apart
        "kernel/customfields/definitions.py",  # whether definitions have changed: one constant expression
        "kernel/tables/views.py",  # the views of every page, written out once: constant text, values apart
    }
    # Sequences, advisory locks, full-text indexes and INSERT ... SELECT, which the ORM has no words for: names of
    # tables are constants or quoted, values are passed apart.
    allowed = {
        "kernel/numbering.py",
        "kernel/health.py",
        "kernel/replay.py",
        "kernel/search_index.py",
        "catalog/copying.py",
        "imports/engine/bulk.py",
        "customers/family.py",
        "kernel/custom_index.py",
        "kernel/customfields/definitions.py",  # whether definitions have changed: one constant statement
        "kernel/customfields/indexes.py",  # CREATE INDEX CONCURRENTLY: names are made of quoted keys
        "kernel/customfields/uniqueness.py",  # a lock on a table while its doubles are looked for
        "kernel/tables/counting.py",  # EXPLAIN of a query that the ORM has put together
        "opportunities/board_rows.py",  # the first rows of many queries of the ORM at once, values apart
        "opportunities/tally_triggers.py",  # triggers that keep sums: constant text
        "opportunities/tally_actions.py",  # rows added up where they are: constant text
        "forecasts/compared.py",  # two moments side by side in one pass: queries of the ORM, values apart
        "forecasts/guards.py",  # triggers that keep the past: constant text
        "forecasts/snapshot_actions.py",  # INSERT ... SELECT of what changed: constant text
        "reports/search.py",  # how alike words have to be, for one search
        "duplicates/keys.py",  # match keys by the thousand: INSERT from arrays
        "duplicates/matching.py",  # who holds which key, a few of each: LATERAL
        "duplicates/sweep.py",  # values that several share: a walk along the index
    }
    assert places(r"\bcursor\(\)") <= allowed
    assert places(r"\.execute\(\s*f[\"']") <= allowed


# --- database ---------------------------------------------------------------------------------------


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    ours = [m for m in apps.get_models() if m._meta.app_label in ROOMS]
    names = [c.name for m in ours for c in (*m._meta.constraints, *m._meta.indexes)]

    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [name for name in names if len(name) > 63] == []


@pytest.mark.parametrize("model", sorted(documents()))
def test_the_database_itself_knows_the_states(model: str) -> None:
    found = next(m for m in apps.get_models() if m._meta.model_name == model and m._meta.app_label in ROOMS)
    checks = [c for c in found._meta.constraints if isinstance(c, models.CheckConstraint)]

    assert any("status" in str(check.condition) for check in checks) or model == "idempotencyrecord"
