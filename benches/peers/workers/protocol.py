"""The line protocol of a worker in Python; ../src/worker.rs is the other side."""

import sys
import time


def serve(versions, job):
    """`job(bytes, kind, side)` makes the bytes of a "jpeg" or a "png"."""
    print(f"ready\t{versions}", flush=True)
    data = b""
    for line in sys.stdin:
        kind, *words = line.rstrip("\n").split("\t")
        if kind == "read":
            with open(words[0], "rb") as file:
                data = file.read()
            print("read", flush=True)
            continue
        side, path = words
        start = time.perf_counter_ns()
        try:
            output = job(data, kind, int(side))
        except Exception as error:
            elapsed = time.perf_counter_ns() - start
            words = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"refused\t{elapsed}\t{words}", flush=True)
            continue
        elapsed = time.perf_counter_ns() - start
        with open(path, "wb") as file:
            file.write(output)
        print(f"done\t{elapsed}\t", flush=True)
