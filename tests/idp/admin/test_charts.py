"""WCAG 2.2, 1.1.1: a chart and its table say the same."""

from __future__ import annotations

import pytest

from idp.admin.charts import HEIGHT, NOTHING, SLOT, Drawing, ceiling
from idp.contract import Chart, Series


def a_chart(*values, labels=("Mon", "Tue", "Wed"), **fields):
    series = tuple(Series(f"series {number}", one) for number, one in enumerate(values))
    return Drawing(Chart("A chart", labels, series, **fields))


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.3, 1), (1, 1), (1.2, 2), (5, 5), (6, 10), (43, 50), (101, 200)]
)
def test_a_scale_ends_with_a_number_to_read(value, top):
    assert ceiling(value) == top


def test_bars_stand_on_each_other_and_nothing_is_no_bar():
    drawing = a_chart((1, 0, None), (3, 2, 0))
    low, high, alone = drawing.bars
    assert (low.height, high.height) == (HEIGHT / 5, HEIGHT * 3 / 5)
    assert high.y + high.height == low.y
    assert SLOT < alone.x < 2 * SLOT
    assert high.says == "Mon, series 1: 3"
    assert drawing.lines == []


def test_a_line_breaks_where_nothing_is_known():
    (line,) = a_chart((10.0, None, 5.0), shape="lines").lines
    assert line.path == "M5 0.00L5 0.00M25 50.00L25 50.00"


def test_the_table_has_every_figure_the_latest_first():
    rows = a_chart((1.25, None, 0), shape="lines", unit="%").rows
    assert [row.label for row in rows] == ["Wed", "Tue", "Mon"]
    assert [cell for row in rows for cell in row.cells] == ["0.0 %", NOTHING, "1.2 %"]


@pytest.mark.parametrize(("count", "shown"), [(3, 3), (7, 7), (12, 6), (28, 7)])
def test_as_many_labels_are_printed_as_fit_and_the_last_one(count, shown):
    labels = tuple(str(number) for number in range(count))
    marks = a_chart((1,) * count, labels=labels).marks
    assert (len(marks), marks[-1]) == (shown, labels[-1])


def test_a_chart_without_any_value_is_empty():
    assert a_chart((0, None, 0)).is_empty
    assert a_chart(labels=()).is_empty
    assert not a_chart((0, 1, 0)).is_empty
