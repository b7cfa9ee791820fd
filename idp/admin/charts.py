"""Charts as shapes of an SVG that every screen stretches to its size; words stay outside of it.

Rendered on the server: no script, and nothing that a strict Content-Security-Policy forbids. The
same figures stand in a table, for whoever does not see shapes. WCAG 2.2, 1.1.1 and 1.4.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from idp.contract import Chart, Tone

HEIGHT, SLOT, GAP = 100.0, 10.0, 1.5
"""Units of the drawing: its height, the width of one label's place, the space beside a bar."""
MOST_MARKS = 7
_STEPS = (1, 2, 5, 10)
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; `says` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    tone: Tone
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series as pieces: it breaks where nothing is known. `number` chooses its dashes."""

    number: int
    path: str


@dataclass(frozen=True, slots=True)
class Row:
    """One label and its figures, as text."""

    label: str
    cells: tuple[str, ...]


class Drawing:
    """A chart, ready for its template."""

    def __init__(self, chart: Chart) -> None:
        """Work out the scale."""
        self.chart = chart
        self.width = SLOT * len(chart.labels)
        self.height = HEIGHT
        self.top = ceiling(_highest(chart))
        self.is_empty = not any(value for one in chart.series for value in one.values)

    @property
    def bars(self) -> list[Bar]:
        """The values of each label, on each other."""
        if self.chart.shape != "bars":
            return []
        return [bar for place in range(len(self.chart.labels)) for bar in self._pile(place)]

    @property
    def lines(self) -> list[Line]:
        """One line for each series."""
        if self.chart.shape != "lines":
            return []
        return [
            Line(number, self._path(one.values)) for number, one in enumerate(self.chart.series)
        ]

    @property
    def marks(self) -> list[str]:
        """Labels to print under the chart: not more than fit, the last one always."""
        labels = self.chart.labels
        step = math.ceil(len(labels) / MOST_MARKS)
        return list(reversed(labels[::-step]))

    @property
    def rows(self) -> list[Row]:
        """The figures themselves, the latest first."""
        columns = [one.values for one in self.chart.series]
        return [
            Row(label, tuple(self.text(values[place]) for values in columns))
            for place, label in reversed(list(enumerate(self.chart.labels)))
        ]

    def text(self, value: float | None) -> str:
        """Return a value as it is read."""
        if value is None:
            return NOTHING
        return f"{value:.1f} {self.chart.unit}" if self.chart.unit else f"{value:g}"

    @property
    def top_text(self) -> str:
        """The value at the upper edge."""
        return f"{self.top:g} {self.chart.unit}".strip()

    def _pile(self, place: int) -> Iterator[Bar]:
        y = HEIGHT
        for one in self.chart.series:
            value = one.values[place] or 0
            height = value / self.top * HEIGHT
            if height:
                y -= height
                says = f"{self.chart.labels[place]}, {one.name}: {self.text(value)}"
                width = SLOT - 2 * GAP
                yield Bar(SLOT * place + GAP, round(y, 3), width, round(height, 3), one.tone, says)

    def _path(self, values: tuple[float | None, ...]) -> str:
        path, drawing = [], False
        for place, value in enumerate(values):
            if value is not None:
                point = f"{SLOT * (place + 0.5):g} {HEIGHT - value / self.top * HEIGHT:.2f}"
                # A line to its own beginning has no length; with round ends it is a dot.
                path.append(f"L{point}" if drawing else f"M{point}L{point}")
            drawing = value is not None
        return "".join(path)


def ceiling(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, …, so that a scale ends with a number to read."""
    if value <= 1:
        return 1
    magnitude = 10 ** math.floor(math.log10(value))
    return float(next(step * magnitude for step in _STEPS if step * magnitude >= value))


def _highest(chart: Chart) -> float:
    columns = zip(*(one.values for one in chart.series), strict=True)
    reduce = sum if chart.shape == "bars" else max
    return max((reduce([value or 0 for value in column]) for column in columns), default=0)
