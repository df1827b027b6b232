"""The results: one row a key. While a part runs, each batch is a file in the folder of the part. When all
of its keys have a row, one file takes the place of the folder."""

import hashlib
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from .store import NoObjectError, Store

SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("status", pa.string()),  # done, refused or failed
        ("kind", pa.string()),  # as bombproof names errors; no_object for a key without a picture
        ("limit", pa.string()),
        ("found", pa.uint64()),
        ("allowed", pa.uint64()),
        ("http_status", pa.int32()),
        ("input_bytes", pa.int64()),
        ("quoted_bytes", pa.int64()),  # the largest quote of the formats
        ("measured_bytes", pa.int64()),  # how far the worker had grown while the key was done
        ("worker_bytes", pa.int64()),  # unique memory of the worker after the batch
        ("work", pa.int64()),  # quoted, in nanoseconds of one core
        ("milliseconds", pa.float64()),  # of the library, with waiting for memory
        ("store_milliseconds", pa.float64()),  # of the GET and the PUTs
        ("recipe", pa.string()),  # sizes, qualities and version, as the service names them
        ("hash", pa.string()),  # the name of the avatar
        ("output_bytes", pa.int64()),
        ("outputs", pa.list_(pa.string())),
        ("output_sha256", pa.list_(pa.string())),
    ]
)


class Rows:
    """The rows of one part of the manifest, in a store."""

    def __init__(self, store: Store, part: str) -> None:
        self._store, self._part = store, part

    def read_batch(self, keys: list[str]) -> pa.Table | None:
        """The rows of a batch that was done before."""
        try:
            return _read(self._store, self._batch_name(keys))
        except NoObjectError:
            return None

    def write_batch(self, rows: pa.Table) -> None:
        self._store.put(self._batch_name(rows["key"].to_pylist()), _parquet(rows))

    def is_complete(self) -> bool:
        return any(name == self._name() for name, _ in self._store.names(self._name()))

    def finished_keys(self) -> set[str]:
        """The keys that have a row in a part that is not complete."""
        batches = (_read(self._store, name, ["key"]) for name in self._batch_names())
        return {key for batch in batches for key in batch["key"].to_pylist()}

    def complete(self, keys: list[str]) -> None:
        """Makes one file of all batches, with one row for each of ``keys``."""
        seen: set[str] = set()
        file = io.BytesIO()
        with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
            for name in self._batch_names():
                rows = _read(self._store, name)
                found = rows["key"].to_pylist()
                # A worker that outlived its cluster may have done a key once more, and made the same of it.
                writer.write_table(rows.filter(pa.array([key not in seen for key in found])))
                seen.update(found)
        if missing := [key for key in keys if key not in seen]:
            raise RuntimeError(f"{self._part}: {len(missing)} keys have no row, as {missing[0]!r}")
        self._store.put(self._name(), file.getvalue())
        self.delete_batches()

    def delete_batches(self) -> None:
        for name in self._batch_names():
            self._store.delete(name)

    def _name(self) -> str:
        return f"{self._part}.parquet"

    def _batch_names(self) -> list[str]:
        return [name for name, _ in self._store.names(f"{self._part}/")]

    def _batch_name(self, keys: list[str]) -> str:
        # By its keys: whoever does the same batch again writes the same file.
        return f"{self._part}/{hashlib.sha256(repr(keys).encode()).hexdigest()[:32]}.parquet"


def read_all(store: Store, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The rows of all parts: one row a key. Of a part that is not complete, those that are there."""
    names = [name for name, _ in store.names() if name.endswith(".parquet")]
    complete = {name.removesuffix(".parquet") for name in names if "/" not in name}
    for name in names:
        # What is left in the folder of a complete part is in its file.
        if "/" not in name or name.split("/")[0] not in complete:
            yield _read(store, name, columns)


def _read(store: Store, name: str, columns: list[str] | None = None) -> pa.Table:
    data = store.get(name, lambda _, file: file.read())
    return pq.read_table(pa.BufferReader(data), columns=columns)


def _parquet(rows: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(rows, file, compression="zstd")
    return file.getvalue()
