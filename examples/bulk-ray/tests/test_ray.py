"""Ray itself runs the job; workers, the cluster and the store fail."""

import os
import secrets
import time
from pathlib import Path

import bucket
import pytest
from bombproof import Limits
from conftest import FEW, Case, Reference, objects
from outage import Gate
from pictures import CORPUS, kind_of, pictures
from processes import kill, python, started, tree, wait_until, workers

from bulk_avatars.memory import unique_bytes, worker_bytes

BATCH = 25
TWO_WORKERS = ["--engine", "ray", "--cpus", "2", "--workers", "2", "--threads", "1"]
TWO_WORKERS += ["--batch-keys", str(BATCH)]


@pytest.mark.all_keys
def test_every_key_has_one_row_and_the_avatar_of_one_process(
    case: Case, reference: Reference
) -> None:
    case.write_manifest(part_keys=1_500)  # all 2,000 are two parts
    picture = Path(os.environ.get("BULK_PICTURE", case.folder / "summary.svg"))
    most, seen = 0, set()
    with case.start(*TWO_WORKERS, "--picture", str(picture)) as job:
        while job.poll() is None:
            time.sleep(0.2)
            for worker in workers(job.pid):
                try:
                    most = max(most, unique_bytes(worker))
                    seen.add(worker)
                except OSError:
                    continue  # it has ended
    log = (case.folder / "job.log").read_text()
    assert job.returncode == 0, log

    rows = case.rows()
    assert [row["key"] for row in rows] == sorted(pictures(case.keys))
    assert rows == reference.rows(case.keys)
    kind = {path: row["kind"] for row, path in zip(rows, paths(case), strict=True)}
    assert kind == {path: kind_of(path) for path in kind}
    assert not any(kind[path] for path in kind if path.parent.name == "valid")
    assert sum(kind[path] is not None for path in kind) > case.keys // 20
    stored = objects(case.avatars)
    assert stored == reference.objects(case.keys)
    assert len(stored) > 200
    assert case.repeated() == 0

    assert len(seen) >= 2
    print(log[log.index("| outcome") :])
    print(f"a worker takes at most {most / 2**20:.0f} MiB")
    assert 50 << 20 < most <= worker_bytes(Limits())
    assert f"| all | | {case.keys:,} |" in log
    assert picture.read_text().startswith("<svg")


def test_killed_workers_repeat_their_batches(case: Case, reference: Reference) -> None:
    with case.start(*TWO_WORKERS) as job:
        wait_until(lambda: case.gets() > BATCH + 15, "half-done batches")
        kill(*workers(job.pid))  # both, since one of them may be between two batches
        assert job.wait(300) == 0, (case.folder / "job.log").read_text()
    assert case.rows() == reference.rows(FEW)
    assert objects(case.avatars) == reference.objects(FEW)
    assert 0 < case.repeated() <= 2 * BATCH


def test_a_killed_cluster_continues_where_it_stopped(case: Case, reference: Reference) -> None:
    avatars = f"{case.folder}/avatars"  # where a half of a file would be seen
    with case.start(*TWO_WORKERS, avatars=avatars) as job:
        wait_until(lambda: case.gets() > FEW // 2, "half of the keys")
        kill(*tree(job.pid))
    assert case.gets() < FEW
    stored, made = objects(avatars), reference.objects(FEW)
    assert stored
    assert stored.items() <= made.items()
    assert 0 < len(case.rows()) < FEW

    with case.start(*TWO_WORKERS, avatars=avatars) as job:
        assert job.wait(300) == 0, (case.folder / "job.log").read_text()
    assert case.rows() == reference.rows(FEW)
    assert objects(avatars) == made
    assert case.repeated() <= 2 * BATCH

    # And once more, with another engine, which finds nothing left to do.
    gets = case.gets()
    with case.start("--engine", "none", avatars=avatars) as job:
        assert job.wait(300) == 0
    assert case.gets() == gets


def test_the_store_goes_away_for_a_minute_and_comes_back(case: Case, reference: Reference) -> None:
    patience = 2
    with Gate(case.server.port) as gate:
        case.environment["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{gate.port}"
        with case.start(*TWO_WORKERS, "--patience", str(patience)) as job:
            wait_until(lambda: case.gets() > FEW // 4, "a quarter of the keys")
            with gate.closed():
                # Longer than a worker tries: the engine has to try its batch again, and again.
                gate.wait(60)
                gets = case.gets()
            assert gets < FEW
            assert job.wait(300) == 0, (case.folder / "job.log").read_text()
    assert gate.refused > 0
    assert case.rows() == reference.rows(FEW)
    assert objects(case.avatars) == reference.objects(FEW)


def test_a_lost_node_is_replaced_by_the_others(case: Case, reference: Reference) -> None:
    port = bucket.free_port()
    common = ["-m", "ray.scripts.scripts", "start", "--node-ip-address=127.0.0.1", "--num-cpus=1"]
    common += ["--object-store-memory=100000000", "--min-worker-port=0", "--max-worker-port=0"]
    head = [*common, "--head", f"--port={port}", "--include-dashboard=false", "--block"]
    node = [*common, f"--address=127.0.0.1:{port}", "--block"]
    environment = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    environment |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    log = case.folder / "nodes.log"
    case.environment = {**environment, "RAY_ADDRESS": f"127.0.0.1:{port}"}
    with started(python(*head), log, **environment) as first:
        wait_until(lambda: "Ray runtime started" in log.read_text(), "the head")
        with started(python(*node), log, **environment) as second:
            wait_until(lambda: log.read_text().count("Ray runtime started") == 2, "the node")
            with case.start("--batch-keys", str(BATCH), "--threads", "1") as job:
                wait_until(lambda: case.gets() > BATCH + 15, "half-done batches")
                assert len(workers(first.pid)) == len(workers(second.pid)) == 1
                kill(*tree(second.pid))
                assert job.wait(300) == 0, (case.folder / "job.log").read_text()
    assert case.rows() == reference.rows(FEW)
    assert objects(case.avatars) == reference.objects(FEW)
    assert case.repeated() <= 2 * BATCH  # none if it was between two batches


def paths(case: Case) -> list[Path]:
    found = [path for _, path in sorted(pictures(case.keys).items())]
    assert {path.parent.parent for path in found} == {CORPUS}
    return found
