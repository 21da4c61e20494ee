"""What a page asks of a record more than once is found once; whoever acts on it asks anew."""

from types import SimpleNamespace

from kernel import shown


def test_a_fact_is_found_anew_until_the_record_is_only_shown():
    record, asked = SimpleNamespace(), []

    def find():
        asked.append(1)
        return len(asked)

    assert [shown.found_once(record, "limits", find) for _each in range(2)] == [1, 2]

    shown.show(record, has_lines=True)

    assert [shown.found_once(record, "limits", find) for _each in range(2)] == [3, 3]
    assert shown.found_once(record, "has_lines", find) is True
