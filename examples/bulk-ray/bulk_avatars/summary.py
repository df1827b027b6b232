"""What became of the keys: a table in Markdown, and a picture in SVG."""

from collections import Counter
from html import escape
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from .rows import read_all
from .store import Store

Outcome = tuple[str, str]
"""The status, and the reason where there is one."""


def read(store: Store) -> pa.Table:
    """The columns that are summed up: about 100 bytes a key."""
    tables = list(read_all(store, _COLUMNS))
    return pa.concat_tables(tables) if tables else pa.table({name: [] for name in _COLUMNS})


def outcomes(rows: pa.Table) -> list[tuple[Outcome, int]]:
    """Done first, then the most frequent reasons."""
    names = zip(*(rows[name].to_pylist() for name in ("status", "kind", "limit")), strict=True)
    counts = Counter((status, " ".join(filter(None, reason))) for status, *reason in names)
    return sorted(counts.items(), key=lambda item: (item[0][0] != "done", -item[1], item[0]))


def markdown(rows: pa.Table) -> str:
    lines = ["| outcome | reason | keys |", "|---|---|---|"]
    lines += [f"| {status} | {reason} | {count:,} |" for (status, reason), count in outcomes(rows)]
    lines += [f"| all | | {len(rows):,} |", ""]
    lines += ["| of the avatars | sum | " + " | ".join(_PERCENTS) + " |", "|---" * 7 + "|"]
    for name, values in _measures(rows):
        if len(values) == 0:
            continue
        percentiles = pc.quantile(values, [float(p.rstrip("%")) / 100 for p in _PERCENTS])
        numbers = [pc.sum(values), *percentiles]
        lines.append(f"| {name} | " + " | ".join(_number(each.as_py()) for each in numbers) + " |")
    return "\n".join(lines)


def svg(rows: pa.Table) -> str:
    """A bar for each outcome, and the avatars by their time."""
    bars = [(" ".join(filter(None, outcome)), count) for outcome, count in outcomes(rows)]
    times = dict(_measures(rows))["milliseconds"].to_pylist()
    histogram = [
        (f"{low:,g} – {high:,g} ms", sum(low <= time < high for time in times))
        for low, high in pairwise(_TIMES)
    ]
    height = 26 * (len(bars) + len(histogram)) + 90
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}"'
        ' font-family="sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    top = _bars(parts, "Keys by outcome", bars, 0)
    _bars(parts, "Avatars by the time of the library", histogram, top)
    return "\n".join([*parts, "</svg>", ""])


def _bars(parts: list[str], title: str, bars: list[tuple[str, int]], top: int) -> int:
    """Draws on a logarithmic scale, so that one key in a million is seen. Returns the next top."""
    parts.append(f'<text x="20" y="{top + 26}" font-weight="bold">{escape(title)}</text>')
    longest = max((count for _, count in bars), default=1)
    for line, (label, count) in enumerate(bars):
        y = top + 40 + 26 * line
        width = 380 * len(bin(count)[2:]) / len(bin(longest)[2:]) if count else 0
        parts += [
            f'<text x="250" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="260" y="{y}" width="{width:.0f}" height="18" fill="#4a7"/>',
            f'<text x="{268 + width:.0f}" y="{y + 14}">{count:,}</text>',
        ]
    return top + 40 + 26 * len(bars)


def _measures(rows: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    done = rows.filter(pc.equal(rows["status"], "done"))
    saved = pc.subtract(done["input_bytes"], done["output_bytes"])
    return [
        ("milliseconds", done["milliseconds"]),
        ("milliseconds of the store", done["store_milliseconds"]),
        ("bytes quoted", done["quoted_bytes"]),
        ("bytes measured", done["measured_bytes"]),
        ("bytes of the worker", done["worker_bytes"]),
        ("bytes of the picture", done["input_bytes"]),
        ("bytes of the avatar", done["output_bytes"]),
        ("bytes saved", saved),
    ]


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


_PERCENTS = ("0%", "50%", "90%", "99%", "100%")
_TIMES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 60_000)
_COLUMNS = [
    "key",
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
