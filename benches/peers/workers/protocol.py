"""The line protocol of the workers in Python. ../src/worker.rs describes it."""

import sys
import time


def serve(versions, job):
    """Serves requests with `job(bytes, kind, side)`, which returns the bytes of a "jpeg" or a "png"."""
    print(f"ready\t{versions}", flush=True)
    data = b""
    for line in sys.stdin:
        kind, *arguments = line.rstrip("\n").split("\t")
        if kind == "read":
            with open(arguments[0], "rb") as file:
                data = file.read()
            print("read", flush=True)
            continue
        side, path = arguments
        start = time.perf_counter_ns()
        try:
            output = job(data, kind, int(side))
        except Exception as error:
            elapsed = time.perf_counter_ns() - start
            message = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"refused\t{elapsed}\t{message}", flush=True)
            continue
        elapsed = time.perf_counter_ns() - start
        with open(path, "wb") as file:
            file.write(output)
        print(f"done\t{elapsed}\t", flush=True)
