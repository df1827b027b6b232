"""What a worker takes, and what it took."""

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bombproof import Limits

BASE_BYTES = 224 << 20
"""Interpreter, engine, pyarrow and boto3, the stacks of the threads, and the files that are being stored.
tests/test_ray.py measures that it is enough."""


def worker_bytes(limits: Limits, shares: int = 1) -> int:
    """The constant that the engine reserves for a worker: uploads and jobs wait until they fit into it.

    One share has room for the largest upload and for the largest job, or for many of the usual ones.
    """
    return BASE_BYTES + shares * (limits.max_input_bytes + limits.max_memory_bytes)


def unique_bytes(process: int | str = "self") -> int:
    """The memory that would be free if this process ended."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    private = (line.split()[1] for line in lines if line.startswith("Private_"))
    return 1024 * sum(int(kilobytes) for kilobytes in private)


def _anonymous_bytes() -> int:
    _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    return (int(resident) - int(shared)) * resource.getpagesize()


class Meter:
    """How far the process grew while a job ran, above what it had at first. Jobs of other threads count,
    and so does what the allocator keeps; a peak of less than 5 ms may be missed."""

    def __init__(self) -> None:
        self._base = _anonymous_bytes()
        self._running: set[Measurement] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        threading.Thread(target=self._sample, daemon=True).start()

    @contextmanager
    def measure(self) -> "Iterator[Measurement]":
        measurement = Measurement()
        with self._lock:
            self._running.add(measurement)
            self._wake.set()
        try:
            yield measurement
        finally:
            self._read()
            with self._lock:
                self._running.remove(measurement)

    def _sample(self) -> None:
        while True:
            self._wake.wait()
            self._read()
            time.sleep(0.005)
            with self._lock:
                if not self._running:
                    self._wake.clear()

    def _read(self) -> None:
        grown = max(0, _anonymous_bytes() - self._base)
        with self._lock:
            for measurement in self._running:
                measurement.bytes = max(measurement.bytes, grown)


class Measurement:
    bytes = 0
