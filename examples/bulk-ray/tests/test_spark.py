"""Spark makes the same of the same function."""

from conftest import FEW, Case, Reference, objects

BATCH = 25


def test_spark_makes_the_same_rows_and_avatars(case: Case, reference: Reference) -> None:
    with case.start("--engine", "spark", "--cpus", "2", "--batch-keys", str(BATCH)) as job:
        assert job.wait(300) == 0, (case.folder / "job.log").read_text()
    assert case.rows() == reference.rows(FEW)
    assert objects(case.avatars) == reference.objects(FEW)
    assert case.repeated() == 0
