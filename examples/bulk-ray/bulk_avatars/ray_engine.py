"""The job on Ray Data."""

import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import ray

from .memory import worker_bytes
from .store import UnavailableError
from .worker import Job, Worker


def start(cpus: int | None = None) -> None:
    """Joins the cluster of ``RAY_ADDRESS``, or starts one on this machine, which needs no network."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if "RAY_ADDRESS" in os.environ:
        # Fewer heaps that keep what was freed.
        ray.init(runtime_env={"env_vars": {"MALLOC_ARENA_MAX": "2"}})
    else:
        # Inherited by all workers: with a runtime_env, those that Ray has started already are of no use.
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        # By default, workers leave the cores to everything else on the machine.
        os.environ.setdefault("RAY_worker_niceness", "0")
        ray.init(
            "local",  # not that of a file which another cluster left in the temporary folder
            num_cpus=cpus,
            include_dashboard=False,
            object_store_memory=128 << 20,  # keys and rows
            _node_ip_address="127.0.0.1",
        )


def node_cpus() -> int:
    """The cores of the smallest node."""
    return int(min(node["Resources"].get("CPU", 1) for node in _nodes()))


def _nodes() -> list[dict[str, Any]]:
    return [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]


def map_batches(
    job: Job, keys: pa.Table, batch_keys: int, workers: int | None
) -> Iterator[pa.Table]:
    """The rows of all batches, as they are done. Without ``workers``: one a node."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.actor_task_retry_on_errors = [UnavailableError]  # type: ignore[list-item]
    nodes = len(_nodes())
    workers = workers or nodes
    # A core of each node is left for Ray's own tasks, which cut the blocks.
    cpus = (node_cpus() - 1) * nodes / workers
    dataset = (
        ray.data.from_arrow(keys)
        .repartition(target_num_rows_per_block=batch_keys)
        .map_batches(
            Worker,
            fn_constructor_args=[job],
            batch_size=None,  # a block: what Ray repeats when a worker dies
            batch_format="pyarrow",
            zero_copy_batch=True,
            compute=ray.data.ActorPoolStrategy(size=workers, max_concurrent_calls_per_actor=1),
            num_cpus=cpus,
            memory=worker_bytes(job.limits, job.shares),
            max_task_retries=RETRIES,  # Ray warns of it, and has no other name for it yet
        )
    )
    yield from dataset.iter_batches(batch_size=None, batch_format="pyarrow")


RETRIES = 100
"""Of a batch, after its worker died or the store was away for longer than the patience of a worker. Ray tries
about once a second until it knows that a node is lost, which takes half a minute. Without a number, it would
repeat for ever a batch that kills its worker."""
