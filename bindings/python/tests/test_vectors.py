"""All results of corpus/OUTPUTS.txt: the same bytes, quotes and refusals as every other build."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import outputs

PROCESSES = 2


def describe(corpus: Path, path: str) -> list[str]:
    head, _ = outputs.split((corpus / "OUTPUTS.txt").read_text())
    return outputs.describe(path, (corpus / path).read_bytes(), outputs.requests(head))


def test_every_line_of_the_record_agrees(corpus: Path) -> None:
    _, recorded = outputs.split((corpus / "OUTPUTS.txt").read_text())
    paths = outputs.files(corpus)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as processes:
        described = processes.map(describe, [corpus] * len(paths), paths)
        lines = [line for description in described for line in description]
    assert len(recorded) >= 10_940
    # Of two long lists, pytest would compare each line with each other one.
    different = [pair for pair in zip(lines, recorded, strict=False) if pair[0] != pair[1]]
    assert different[:5] == []
    assert len(lines) == len(recorded)
