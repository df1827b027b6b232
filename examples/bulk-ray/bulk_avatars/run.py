"""The job: part by part, and in each of them the keys that have no row."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from . import manifest
from .progress import Progress
from .rows import Rows
from .store import open_store
from .worker import Job, Worker

Engine = Callable[[Job, pa.Table, int], Iterator[pa.Table]]
"""Maps ``Worker(job)`` over batches of so many keys, and returns their rows in any order."""


def run(job: Job, manifest_url: str, batch_keys: int, engine: Engine) -> None:
    store, parts = manifest.parts(manifest_url)
    for part in parts:
        part_job = replace(job, part=part)
        rows = Rows(open_store(job.rows), part)
        if rows.is_complete():
            rows.delete_batches()
            print(f"{part}: complete")
            continue
        keys = manifest.read(store, part, str(job.recipe))
        finished = rows.finished_keys()
        pending = keys.filter(pc.invert(pc.is_in(keys["key"], pa.array(finished, pa.string()))))
        print(f"{part}: {len(keys)} keys, {len(pending)} without a row", flush=True)
        if len(pending) > 0:
            with Progress(len(pending)) as progress:
                for batch in engine(part_job, pending, batch_keys):
                    progress.add(batch)
        rows.complete(keys["key"].to_pylist())


def in_this_process(job: Job, keys: pa.Table, batch_keys: int) -> Iterator[pa.Table]:
    """No engine at all: the same function, batch after batch."""
    worker = Worker(job)
    for start in range(0, len(keys), batch_keys):
        yield worker(keys.slice(start, batch_keys))
