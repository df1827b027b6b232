"""The function that an engine maps over batches of keys. Pictures stay in here: GET, plan, run and PUT."""

import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

import bombproof
import pyarrow as pa
from bombproof import Limits, MemoryPool, Plan

from . import rows
from .memory import Meter, unique_bytes
from .recipe import Recipe, content_hash
from .store import NoObjectError, open_store


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker has to know. The URLs are those of store.open_store."""

    source: str
    """Where the keys have their pictures."""
    avatars: str
    """Where the avatars go."""
    rows: str
    """Where the rows go."""
    part: str
    """The part of the manifest."""
    recipe: Recipe = field(default_factory=Recipe)
    limits: Limits = field(default_factory=Limits)
    threads: int = 1
    """Pictures that a worker does at the same time."""
    shares: int = 1
    """How often the memory of the largest picture is there for them: memory.worker_bytes."""
    patience: float = 60
    """For so many seconds, a call to the store is tried again."""


class Worker:
    """One process of a node. Its threads share the memory that the engine reserved."""

    def __init__(self, job: Job) -> None:
        self._job = job
        connections = 2 * job.threads
        self._source = open_store(job.source, job.patience, connections)
        self._avatars = open_store(job.avatars, job.patience, connections)
        self._rows = rows.Rows(open_store(job.rows, job.patience, connections), job.part)
        # Two, so that uploads that wait for their job never keep another job from its memory.
        self._uploads = MemoryPool(job.shares * job.limits.max_input_bytes)
        self._jobs = MemoryPool(job.shares * job.limits.max_memory_bytes)
        self._threads = ThreadPoolExecutor(job.threads)
        self._meter = Meter()
        self._recipe = str(job.recipe)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """The rows of a batch of keys, which are stored when this returns.

        Raises store.UnavailableError. Whatever a picture is, it becomes a row.
        """
        keys, crops = batch["key"].to_pylist(), batch["crop"].to_pylist()
        if (done := self._rows.read_batch(keys)) is not None:
            return done  # by a worker that died before the engine knew
        made = list(self._threads.map(self._row, keys, crops))
        worker_bytes = unique_bytes()  # takes milliseconds
        for row in made:
            row["worker_bytes"] = worker_bytes
        table = pa.Table.from_pylist(made, rows.SCHEMA)
        self._rows.write_batch(table)
        return table

    def _row(self, key: str, crop: str | None) -> dict[str, Any]:
        row: dict[str, Any] = {"key": key, "recipe": self._recipe}
        with self._meter.measure() as measured:
            try:
                row |= {"status": "done", "http_status": 200}
                self._do(key, crop, row)
            except bombproof.Error as error:
                row["status"] = "refused" if error.http_status < 500 else "failed"
                for name in ("kind", "limit", "found", "allowed", "http_status"):
                    row[name] = getattr(error, name)
            except _CropError:
                row |= {"status": "refused", "kind": "bad_request", "http_status": 400}
            except NoObjectError as error:
                row |= {"status": "failed", "kind": "no_object", "http_status": error.http_status}
        return row | {"measured_bytes": measured.bytes}

    def _do(self, key: str, crop: str | None, row: dict[str, Any]) -> None:
        clock = time.perf_counter()
        try:
            upload, permit = self._source.get(key, self._read)
        finally:
            row["store_milliseconds"] = _since(clock)
        row["input_bytes"] = len(upload)
        clock = time.perf_counter()
        try:
            with permit:
                files = self._make(upload, crop, row)
        finally:
            row["milliseconds"] = _since(clock)
        clock = time.perf_counter()
        row["hash"] = content_hash(files)
        row["outputs"] = [f"{row['hash']}/{side}.{extension}" for side, extension, _ in files]
        for name, (_, _, data) in zip(row["outputs"], files, strict=True):
            self._avatars.put(name, data)
        row["output_bytes"] = sum(len(data) for _, _, data in files)
        row["output_sha256"] = [hashlib.sha256(data).hexdigest() for _, _, data in files]
        row["store_milliseconds"] += _since(clock)

    def _read(self, length: int, file: IO[bytes]) -> tuple[bytes, bombproof.Permit]:
        most = self._job.limits.max_input_bytes
        permit = self._uploads.reserve_bytes(min(length, most), _WAIT_SECONDS)
        try:
            return bombproof.read_upload(file, self._job.limits), permit
        except BaseException:
            permit.release()
            raise

    def _make(
        self, upload: bytes, crop: str | None, row: dict[str, Any]
    ) -> list[tuple[int, str, bytes]]:
        """Side, extension and bytes of each file. One format after the other, as it is quoted."""
        header = bombproof.probe(upload, self._job.limits)
        requests = self._job.recipe.requests(_rect(crop))
        plans = [(name, Plan(header, request, self._job.limits)) for name, request in requests]
        row["quoted_bytes"] = max(plan.memory_bytes for _, plan in plans)
        row["work"] = sum(plan.work for _, plan in plans)
        with self._jobs.reserve_bytes(row["quoted_bytes"], _WAIT_SECONDS):
            return [
                (thumbnail.width, extension, thumbnail.data)
                for extension, plan in plans
                for thumbnail in plan.run_all(upload, timeout=_RUN_SECONDS)
            ]


class _CropError(Exception):
    pass


def _rect(crop: str | None) -> tuple[int, int, int, int] | None:
    """The crop of a manifest, which is not a promise."""
    if crop is None:
        return None
    if not (match := re.fullmatch(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})", crop, re.ASCII)):
        raise _CropError
    x, y, width, height = map(int, match.groups())
    return x, y, width, height


def _since(clock: float) -> float:
    return (time.perf_counter() - clock) * 1000


# Others end in at most max_work of the limits, three seconds of a core.
_WAIT_SECONDS = 300
_RUN_SECONDS = 60
