"""What a part has done so far: a line when that changes, at most one a second."""

import sys
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

import pyarrow as pa


class Progress:
    def __init__(self, keys: int, seconds: float = 1) -> None:
        self._keys, self._seconds = keys, seconds
        self._counts: Counter[str] = Counter()
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._print_periodically, daemon=True)

    def add(self, rows: pa.Table) -> None:
        self._counts.update(rows["status"].to_pylist())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._print()

    def _print_periodically(self) -> None:
        printed = 0
        while not self._ended.wait(self._seconds):
            if (rows := self._counts.total()) > printed:
                self._print()
                printed = rows

    def _print(self) -> None:
        counts = self._counts.copy()
        rows = counts.total()
        each = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        rate = rows / (time.monotonic() - self._started)
        print(f"{rows} of {self._keys}: {each or 'nothing'}; {rate:.0f}/s", file=sys.stderr)
