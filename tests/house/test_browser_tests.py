"""A test that drives a browser waits for what it wants to see, or it fails on the first slow machine."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# What Playwright reads at once, from the old page while the new one is on its way; expect() reads until it is so.
AT_ONCE = {
    "all", "all_inner_texts", "all_text_contents", "bounding_box", "content", "count", "get_attribute", "inner_html",
    "inner_text", "input_value", "is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden", "is_visible",
    "text_content", "title",
}  # fmt: skip


# After these the page is another one, sooner or later.
CHANGING = {"check", "click", "dblclick", "press", "select_option", "tap", "uncheck"}


def read_at_once(source: str) -> Iterator[int]:
    """The lines of statements that read a page at once to assert it, or right after it was told to change."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for before, statement in pairwise([None, *body] if isinstance(body, list) else []):
            if (isinstance(statement, ast.Assert) or changes(before)) and reads(statement):
                yield statement.lineno


def changes(statement: ast.stmt | None) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING


def reads(statement: ast.stmt) -> bool:
    """Whether it asks a page; counting words in a text or rows of a table is something else."""
    asked = getattr(statement, "test", None) or getattr(statement, "iter", None) or statement
    for call in [] if hasattr(asked, "body") else ast.walk(asked):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in AT_ONCE:
            chain = {node.attr for node in ast.walk(call.func) if isinstance(node, ast.Attribute)}
            if "objects" not in chain and (not call.args or call.func.attr == "get_attribute"):
                return True
    return False


def test_nothing_is_read_from_a_page_that_may_still_be_on_its_way() -> None:
    marked = [path for path in sorted(TESTS.rglob("test_*.py")) if "pytest.mark.browser" in path.read_text()]
    found = [
        f"{path.relative_to(TESTS)}:{line}: say expect(locator).to_have_... instead, it waits"
        for path in marked
        if path != Path(__file__)
        for line in read_at_once(path.read_text())
    ]

    assert found == [], "\n".join(found)


def test_the_check_knows_a_race_from_a_query() -> None:
    assert list(read_at_once('assert page.locator("tr").count() == 5')) == [1]
    assert list(read_at_once('link.click()\ntitle = page.locator("h1").inner_text()')) == [2]
    assert list(read_at_once("assert Order.objects.count() == 1")) == []
    assert list(read_at_once("assert text.count('x') == 1")) == []
