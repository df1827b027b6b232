"""What became of the keys: a table in Markdown, and a picture in SVG."""

from collections import Counter
from collections.abc import Callable
from html import escape
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .rows import read_all
from .store import Store

Outcome = tuple[str, str]
"""The status, and the reason where there is one."""


class Summary:
    """Sums, and a sample of each part: so a hundred million rows need no more memory than a million."""

    def __init__(self) -> None:
        self._counts: Counter[Outcome] = Counter()
        self._sums = dict.fromkeys(MEASURES, 0.0)
        self._most = dict.fromkeys(MEASURES, 0.0)
        self._samples: dict[str, list[np.ndarray]] = {name: [] for name in MEASURES}

    def add(self, rows: pa.Table) -> None:
        names = ["status", "kind", "limit"]
        for group in rows.group_by(names).aggregate([([], "count_all")]).to_pylist():
            status, *reason = (group[name] for name in names)
            self._counts[status, " ".join(filter(None, reason))] += group["count_all"]
        done = rows.filter(pc.equal(rows["status"], "done"))
        if len(done) == 0:
            return
        step = -(-len(done) // SAMPLE)
        for name, measure in MEASURES.items():
            values = measure(done).to_numpy()
            self._sums[name] += float(values.sum())
            self._most[name] = max(self._most[name], float(values.max()))
            self._samples[name].append(values[::step])

    def outcomes(self) -> list[tuple[Outcome, int]]:
        """Done first, then the most frequent reasons."""
        order = self._counts.items()
        return sorted(order, key=lambda item: (item[0][0] != "done", -item[1], item[0]))

    def markdown(self) -> str:
        lines = ["| outcome | reason | keys |", "|---|---|---|"]
        for (status, reason), count in self.outcomes():
            lines.append(f"| {status} | {reason} | {count:,} |")
        lines += [f"| all | | {self._counts.total():,} |", ""]
        lines += ["| of the avatars | sum | 10 % | 50 % | 90 % | 99 % | most |", "|---" * 7 + "|"]
        for name, samples in self._samples.items():
            if samples:
                percentiles = np.percentile(np.concatenate(samples), [10, 50, 90, 99])
                numbers = [*map(_number, [*percentiles, self._most[name]])]
                total = "" if name in _SHARED else _number(self._sums[name])
                lines.append(f"| {name} | {total} | " + " | ".join(numbers) + " |")
        return "\n".join(lines)

    def svg(self) -> str:
        """A bar for each outcome, and the avatars by their time."""
        bars = [(" ".join(filter(None, outcome)), count) for outcome, count in self.outcomes()]
        times = np.concatenate(self._samples["milliseconds"] or [np.array([])])
        counts, _ = np.histogram(times, _TIMES)
        labels = [f"{low:,g} – {high:,g} ms" for low, high in pairwise(_TIMES)]
        histogram = list(zip(labels, counts.tolist(), strict=True))
        height = 26 * (len(bars) + len(histogram)) + 100
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{height}"'
            ' font-family="sans-serif" font-size="14">',
            '<rect width="100%" height="100%" fill="white"/>',
        ]
        top = _bars(parts, "Keys by outcome (logarithmic)", bars, 0)
        sample = "" if len(times) == self._counts["done", ""] else f" (a sample of {len(times):,})"
        _bars(parts, f"Avatars by the time of the library{sample}", histogram, top)
        return "\n".join([*parts, "</svg>", ""])


def read(store: Store) -> Summary:
    summary = Summary()
    for rows in read_all(store, _COLUMNS):
        summary.add(rows)
    return summary


def _bars(parts: list[str], title: str, bars: list[tuple[str, int]], top: int) -> int:
    """Draws on a logarithmic scale, so that one key in a million is seen. Returns the next top."""
    parts.append(f'<text x="20" y="{top + 26}" font-weight="bold">{escape(title)}</text>')
    most = max((count for _, count in bars), default=0)
    for line, (label, count) in enumerate(bars):
        y = top + 40 + 26 * line
        width = round(380 * np.log2(1 + count) / np.log2(1 + most)) if count else 0
        parts += [
            f'<text x="290" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="300" y="{y}" width="{width}" height="18" fill="#4a7"/>',
            f'<text x="{308 + width}" y="{y + 14}">{count:,}</text>',
        ]
    return top + 40 + 26 * len(bars)


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


MEASURES: dict[str, Callable[[pa.Table], pa.ChunkedArray]] = {
    "milliseconds": lambda done: done["milliseconds"],
    "milliseconds of the store": lambda done: done["store_milliseconds"],
    "bytes quoted": lambda done: done["quoted_bytes"],
    "bytes measured": lambda done: done["measured_bytes"],
    "bytes of the worker": lambda done: done["worker_bytes"],
    "bytes of the picture": lambda done: done["input_bytes"],
    "bytes of the avatar": lambda done: done["output_bytes"],
    "bytes saved": lambda done: pc.subtract(done["input_bytes"], done["output_bytes"]),
}

SAMPLE = 10_000
"""The avatars of a part that percentiles are made of. Sums, counts and the most are of all."""

_SHARED = ("bytes quoted", "bytes measured", "bytes of the worker")
"""Memory that is used again and again, of which a sum says nothing."""

_TIMES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 60_000)
_COLUMNS = [
    "status",
    "kind",
    "limit",
    "input_bytes",
    "quoted_bytes",
    "measured_bytes",
    "worker_bytes",
    "milliseconds",
    "store_milliseconds",
    "output_bytes",
]
