"""The command line: ``python -m bulk_avatars --help``."""

import argparse
from dataclasses import replace
from pathlib import Path

from bombproof import Limits

from . import manifest, summary
from .limits import read_limits
from .recipe import Recipe
from .run import Engine, in_this_process, run
from .store import open_store
from .worker import Job


def main() -> None:
    options = _arguments().parse_args()
    options.command(options)


def _list(options: argparse.Namespace) -> None:
    keys = manifest.keys_of_listing(open_store(options.source), options.below)
    parts = manifest.write(open_store(options.manifest), keys, options.part_keys)
    print(f"{parts} parts in {options.manifest}")


def _run(options: argparse.Namespace) -> None:
    engine, threads = _engine(options)
    job = Job(
        source=options.source,
        avatars=options.avatars,
        rows=options.rows,
        part="",
        recipe=Recipe(options.sizes, options.quality, options.webp_quality),
        limits=_limits(options),
        threads=threads,
        shares=options.shares,
        patience=options.patience,
    )
    run(job, options.manifest, options.batch_keys, engine)
    _summarize(options)


def _limits(options: argparse.Namespace) -> Limits:
    limits = read_limits(options.limits) if options.limits else Limits()
    given = {name: getattr(options, name) for name in ("max_input_bytes", "max_memory_bytes")}
    return replace(limits, **{name: most for name, most in given.items() if most is not None})


def _engine(options: argparse.Namespace) -> tuple[Engine, int]:
    """The engine, and the threads of a worker. Only the engine that is used has to be installed."""
    workers = options.workers
    if options.engine == "ray":
        from . import ray_engine

        ray_engine.start(options.cpus)
        threads = options.threads or ray_engine.node_cpus()
        return lambda job, keys, size: ray_engine.map_batches(job, keys, size, workers), threads
    if options.engine == "spark":
        from . import spark_engine

        session = spark_engine.start(options.cpus)
        threads = options.threads or 1
        return lambda job, keys, size: spark_engine.map_batches(session, job, keys, size), threads
    return in_this_process, options.threads or 1


def _summarize(options: argparse.Namespace) -> None:
    sums = summary.read(open_store(options.rows))
    print(sums.markdown())
    if options.picture:
        Path(options.picture).write_text(sums.svg(), encoding="utf-8")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bulk_avatars",
        description="Makes the avatars of a bucket again. A URL is s3://bucket/prefix or a folder.",
    )
    commands = parser.add_subparsers(required=True)

    listing = commands.add_parser("list", help="writes the manifest of a bucket")
    listing.set_defaults(command=_list)
    listing.add_argument("--source", required=True, help="URL of the pictures")
    listing.add_argument("--below", default="", help="only keys that start so")
    listing.add_argument("--manifest", required=True, help="URL of the manifest")
    listing.add_argument("--part-keys", type=int, default=manifest.PART_KEYS)

    job = commands.add_parser("run", help="does what has no row yet")
    job.set_defaults(command=_run)
    job.add_argument("--manifest", required=True, help="URL of its folder, or of one file")
    job.add_argument("--source", required=True, help="URL of the pictures")
    job.add_argument("--avatars", required=True, help="URL of the avatars")
    job.add_argument("--engine", choices=["ray", "spark", "none"], default="ray")
    job.add_argument("--workers", type=int, help="processes; one a node without it (Ray)")
    job.add_argument("--threads", type=int, help="pictures at a time in a worker")
    job.add_argument(
        "--shares", type=int, default=1, help="how many of the largest pictures fit at a time"
    )
    job.add_argument("--cpus", type=int, help="cores of an engine that is started here")
    job.add_argument("--batch-keys", type=int, default=1000, help="what a killed worker repeats")
    job.add_argument("--patience", type=float, default=60, help="seconds for a store that is away")
    job.add_argument("--sizes", type=_sizes, default=Recipe.sizes, help="as 64,128,256")
    job.add_argument("--quality", type=int, default=Recipe.jpeg_quality)
    job.add_argument("--webp-quality", type=int, default=Recipe.webp_quality)
    job.add_argument("--limits", type=Path, help="JSON file, as that of the service")
    job.add_argument("--max-input-bytes", type=int, help="in place of that of the limits")
    job.add_argument("--max-memory-bytes", type=int, help="in place of that of the limits")

    table = commands.add_parser("summary", help="prints what became of the keys")
    table.set_defaults(command=_summarize)
    for command in (job, table):
        command.add_argument("--rows", required=True, help="URL of the rows")
        command.add_argument("--picture", help="writes an SVG to this file")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(side) for side in text.split(","))


if __name__ == "__main__":
    main()
