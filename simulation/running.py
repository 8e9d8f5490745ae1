"""Runs many stories in worker processes, in chunks that are kept as they finish."""

import gc
import json
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult
from pathlib import Path

from simulation.tally import Tally, chunk_line, summed

CHUNK = 20  # stories
Chunks = dict[tuple[str, int], Tally]  # (seed, number of the first story) → what came of them


def play_chunk(told: tuple[str, int]) -> tuple[int, Tally]:
    from simulation.stories.playing import play  # the workers import the product, not the parent

    gc.collect()
    gc.freeze()  # what was imported is never looked through again
    seed, first = told
    began, tally = time.process_time(), Tally()
    for number in range(first, first + CHUNK):
        tally.add(play(seed, number), seed)
    tally.cpu_seconds = time.process_time() - began
    return first, tally


def run(
    seed: str,
    carts: int,
    workers: int,
    kept: Path | None,
    progress: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Play chunk after chunk until there were this many carts. `kept`: a file of finished chunks;
    what it holds is not played again."""
    known = read_chunks(kept) if kept and kept.exists() else {}
    played: list[Tally] = []
    for first, tally in _chunks(seed, known, workers):
        played.append(tally)
        if kept and (seed, first) not in known:
            with kept.open("a") as file:
                file.write(chunk_line(seed, first, tally) + "\n")
        done = sum(one.carts for one in played)
        progress(done)
        if done >= carts:
            break
    return summed(played)


def _chunks(seed: str, known: Chunks, workers: int) -> Iterator[tuple[int, Tally]]:
    firsts = range(0, 10**9, CHUNK)
    there = 0
    while (seed, firsts[there]) in known:
        yield firsts[there], known[seed, firsts[there]]
        there += 1
    with get_context("fork").Pool(workers) as pool:
        ahead = workers * 2
        pending: dict[int, AsyncResult[tuple[int, Tally]]] = {}
        number = there
        while True:
            while len(pending) < ahead:
                told = (seed, firsts[there])
                pending[there] = pool.apply_async(play_chunk, (told,))
                there += 1
            yield pending.pop(number).get()
            number += 1


def read_chunks(path: Path) -> Chunks:
    chunks: Chunks = {}
    for line in path.read_text().splitlines():
        told = json.loads(line)
        chunks[told["seed"], told["first"]] = Tally.read(told["tally"])
    return chunks
