"""A test that drives a browser waits for what it wants to see, or it fails on the first slow machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# What Playwright reads at once, from the old page while the new one is on its way; expect() reads until it is so.
AT_ONCE = {
    "all", "all_inner_texts", "all_text_contents", "bounding_box", "content", "count", "get_attribute", "inner_html",
    "inner_text", "input_value", "is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden", "is_visible",
    "text_content", "title",
}  # fmt: skip


def read_at_once(source: str) -> Iterator[int]:
    """The lines of asserts that read a page at once; counting words in a text or rows of a table is something else."""
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Assert):
            for call in ast.walk(statement.test):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    chain = {node.attr for node in ast.walk(call.func) if isinstance(node, ast.Attribute)}
                    of_page = "objects" not in chain and (not call.args or call.func.attr == "get_attribute")
                    if call.func.attr in AT_ONCE and of_page:
                        yield statement.lineno


def test_no_assert_reads_a_page_that_may_still_be_on_its_way() -> None:
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
    assert list(read_at_once("assert Order.objects.count() == 1")) == []
    assert list(read_at_once("assert text.count('x') == 1")) == []
