"""What is to be done: keys in Parquet files, one a part, with at most a million keys each.

The columns are ``key`` and, if the avatar shows a part of the picture, ``crop``: "x,y,width,height", in
pixels of the upright picture.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from .store import Store

SCHEMA = pa.schema([("key", pa.string()), ("crop", pa.string())])
PART_KEYS = 1_000_000


def write(store: Store, keys: Iterable[str], part_keys: int = PART_KEYS) -> int:
    """Cuts keys into parts, and returns their number. The keys of a listing are sorted and unique."""
    keys = iter(keys)
    parts = 0
    while part := list(islice(keys, part_keys)):
        table = pa.table({"key": part, "crop": pa.nulls(len(part), pa.string())}, SCHEMA)
        file = io.BytesIO()
        pq.write_table(table, file, compression="zstd")
        store.put(f"part-{parts:05}.parquet", file.getvalue())
        parts += 1
    return parts


def parts(store: Store) -> list[str]:
    """The names of the parts."""
    names = (name for name, _ in store.names() if name.endswith(".parquet"))
    return sorted(name.removesuffix(".parquet") for name in names)


def read(store: Store, part: str) -> pa.Table:
    """The keys of a part, each once."""
    data = store.get(f"{part}.parquet", lambda _, file: file.read())
    table = pq.read_table(pa.BufferReader(data))
    if "crop" not in table.column_names:
        table = table.append_column("crop", pa.nulls(len(table), pa.string()))
    table = table.select(SCHEMA.names).cast(SCHEMA)
    return table if len(table["key"].unique()) == len(table) else _first_of_each_key(table)


def _first_of_each_key(table: pa.Table) -> pa.Table:
    numbered = table.append_column("row", pa.array(range(len(table))))
    first = numbered.group_by("key").aggregate([("row", "min")])["row_min"]
    return table.take(first.sort())


def keys_of_listing(store: Store, below: str = "") -> Iterator[str]:
    return (name for name, _ in store.names(below))
