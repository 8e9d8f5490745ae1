"""Runs many stories in worker processes, in chunks that are kept as they finish."""

import gc
import json
import signal
import subprocess
import time
import tomllib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult
from pathlib import Path

from simulation.tally import (
    NoChunkError,
    Tally,
    UnknownPromiseError,
    chunk_line,
    read_line,
    summed,
)

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 20  # stories
LINE_BEGINS = b'{"seed": '
WRITTEN = "`python -m simulation run --out` writes one"
Chunks = dict[tuple[str, int], Tally]  # (seed, number of the first story) → what came of them


class RunFileError(Exception):
    """A file of a run cannot be read or written. Says which, where, and what to do."""


def code_version(root: Path = ROOT) -> str:
    """Return the release, and the commit where this is a clone: a seed gives the same stories only
    with the same code."""
    release = str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    if not (root / ".git").exists():
        return release
    command = ["git", "-C", str(root), "describe", "--tags", "--always", "--dirty"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return release  # no git here, or it does not trust this folder
    return f"{release} ({found})"


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
    what it holds is not played again. Raises RunFileError."""
    known = go_on_with(kept) if kept else {}
    version = code_version()
    played: list[Tally] = []
    with closing(_chunks(seed, known, workers)) as chunks:  # a Ctrl-C ends the workers, too
        for first, tally in chunks:
            played.append(tally)
            if (seed, first) not in known:
                tally.versions = Counter({version: tally.stories})
                if kept:
                    with _writing(kept), kept.open("a") as file:
                        file.write(chunk_line(seed, first, tally) + "\n")
            done = sum(one.carts for one in played)
            progress(done)
            if done >= carts:
                break
    return summed(played)


def _chunks(seed: str, known: Chunks, workers: int) -> Generator[tuple[int, Tally], None, None]:
    firsts = range(0, 10**9, CHUNK)
    with get_context("fork").Pool(workers, _leave_interrupts) as pool:
        ahead: deque[tuple[int, AsyncResult[tuple[int, Tally]] | None]] = deque()
        for first in firsts:
            told = (seed, first)
            ahead.append((first, None if told in known else pool.apply_async(play_chunk, (told,))))
            if len(ahead) > workers * 2:
                number, playing = ahead.popleft()
                yield playing.get() if playing else (number, known[seed, number])


def _leave_interrupts() -> None:
    """Ctrl-C reaches the workers, too. The parent ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def go_on_with(kept: Path) -> Chunks:
    """Return the chunks that this file holds, if there is one, and make it ready for more: the next
    one begins on a line of its own. Raises RunFileError."""
    with _writing(kept):
        kept.open("ab").close()
        chunks = read_chunks(kept)
        text = kept.read_bytes()
        whole = b"".join(line + b"\n" for line in _whole_lines(text))
        with kept.open("ab") as file:
            if len(whole) < len(text):
                file.truncate(len(whole))
            file.write(whole[len(text) :])
    return chunks


def read_chunks(path: Path) -> Chunks:
    """A line that is half written at the end is left out. Raises RunFileError."""
    chunks: Chunks = {}
    with _told(path, f"name a file of a run; {WRITTEN}"):
        lines = _whole_lines(path.read_bytes())
    for number, line in enumerate(lines, 1):
        try:
            seed, first, tally = read_line(line)
        except NoChunkError:
            raise RunFileError(
                f"{path}, line {number}: is no line of a run; name a file of a run ({WRITTEN})"
            ) from None
        except UnknownPromiseError as error:
            raise RunFileError(
                f"{path}, line {number}: {error}; read the file with the code that played the run"
            ) from None
        chunks[seed, first] = tally
    return chunks


def _whole_lines(text: bytes) -> list[bytes]:
    """A run that is stopped while it writes leaves the beginning of a line at the file's end."""
    *lines, last = text.removesuffix(b"\n").split(b"\n")
    return lines if _is_begun(last) else [*lines, last]


def _is_begun(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return line.startswith(LINE_BEGINS) or LINE_BEGINS.startswith(line)
    return False


@contextmanager
def _told(path: Path, what_to_do: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunFileError(f"{path}: {error.strerror}; {what_to_do}") from error


def _writing(path: Path) -> AbstractContextManager[None]:
    return _told(path, "name a file that can be written, in a folder that there is")
