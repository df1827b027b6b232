"""The same function on Spark: nothing hangs on one engine."""

import os
import sys
from collections.abc import Iterable, Iterator

import pandas as pd
import pyarrow as pa
from pyspark.sql import SparkSession

from .worker import Job, Worker


def start(cpus: int | None = None) -> SparkSession:
    """The cluster of ``SPARK_MASTER``, or this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("bulk-avatars")
    if "SPARK_MASTER" in os.environ:
        builder = builder.master(os.environ["SPARK_MASTER"])
    else:
        builder = (
            builder.master(f"local[{cpus or '*'}]")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
        )
    return builder.getOrCreate()


def map_batches(
    session: SparkSession, job: Job, keys: pa.Table, batch_keys: int
) -> Iterator[pa.Table]:
    """The statuses of all batches, as they are done. A task does one batch, and the worker its rows."""
    session.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch_keys))

    def statuses(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        worker = Worker(job)
        for frame in frames:
            batch = pa.Table.from_pandas(frame, keys.schema, preserve_index=False)
            yield pd.DataFrame({"status": worker(batch)["status"].to_pylist()})

    tasks = -(-len(keys) // batch_keys)
    frame = session.createDataFrame(keys.to_pandas()).repartition(tasks)
    done = frame.mapInPandas(statuses, "status string")
    for status in done.toLocalIterator(prefetchPartitions=True):
        yield pa.table({"status": [status.status]})
