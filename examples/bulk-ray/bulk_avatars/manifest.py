"""What is to be done: keys in Parquet files, one a part, with at most a million keys each.

The columns are ``key`` and, if the avatar shows a part of the picture, ``crop``: "x,y,width,height", in
pixels of the upright picture. A manifest of the service says in its metadata what ``recipe`` it is for.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from .store import Store, open_store

SCHEMA = pa.schema([("key", pa.string()), ("crop", pa.string())])
PART_KEYS = 1_000_000
SUFFIX = ".parquet"


def write(store: Store, keys: Iterable[str], part_keys: int = PART_KEYS) -> int:
    """Cuts keys into parts, and returns their number. The keys of a listing are sorted and unique."""
    keys = iter(keys)
    parts = 0
    while part := list(islice(keys, part_keys)):
        table = pa.table({"key": part, "crop": pa.nulls(len(part), pa.string())}, SCHEMA)
        file = io.BytesIO()
        pq.write_table(table, file, compression="zstd")
        store.put(f"part-{parts:05}{SUFFIX}", file.getvalue())
        parts += 1
    return parts


def parts(url: str) -> tuple[Store, list[str]]:
    """The parts of the manifest at a URL, by their names in a store: a folder of files, or one file."""
    if url.endswith(SUFFIX):
        folder, _, name = url.rpartition("/")
        return open_store(folder or "."), [name.removesuffix(SUFFIX)]
    store = open_store(url)
    names = (name for name, _ in store.names() if name.endswith(SUFFIX))
    return store, sorted(name.removesuffix(SUFFIX) for name in names)


def read(store: Store, part: str, recipe: str) -> pa.Table:
    """The keys of a part, each once. A part that is for another recipe is an error."""
    data = store.get(f"{part}{SUFFIX}", lambda _, file: file.read())
    table = pq.read_table(pa.BufferReader(data))
    wanted = (table.schema.metadata or {}).get(b"recipe", recipe.encode()).decode()
    if wanted != recipe:
        raise RecipeError(f"{part} is for the recipe {wanted!r}, and the options say {recipe!r}")
    if "crop" not in table.column_names:
        table = table.append_column("crop", pa.nulls(len(table), pa.string()))
    table = table.select(SCHEMA.names).cast(SCHEMA)
    return table if len(table["key"].unique()) == len(table) else _first_of_each_key(table)


class RecipeError(Exception):
    """The avatars would not be those that the service waits for."""


def _first_of_each_key(table: pa.Table) -> pa.Table:
    numbered = table.append_column("row", pa.array(range(len(table))))
    first = numbered.group_by("key").aggregate([("row", "min")])["row_min"]
    return table.take(first.sort())


def keys_of_listing(store: Store, below: str = "") -> Iterator[str]:
    return (name for name, _ in store.names(below))
