"""Work that goes on while other work does: the next batch made while the last one is used, several things done at once.

Belongs here: the threads that do so, and that nothing changes places. Does not belong here: what is done.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from typing import TypeVar

from pipelines.engine import machine

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 2
"""Things done at the same time, each with threads of its own: while one is in Python, the other is in a library or on the disk."""


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """The same batches in the same order, each made by another thread while its forerunner is used.

    At most one is held besides the one in use. What making a batch raises is raised here, in its place.
    """
    end = object()
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, batches, end)
        while (batch := coming.result()) is not end:
            coming = thread.submit(next, batches, end)
            yield batch  # type: ignore[misc]  # it is not the end


def at_once(work: Callable[[T], R], things: Iterable[T]) -> Generator[R, None, None]:
    """What comes of each thing, in their order, while two are worked on; one where the machine may use one thread.

    What the work raises is raised in the place of its thing; nothing is begun after that.
    """
    # Whole before two threads need it: Altair and DuckDB look for it among the loaded modules, and break on one that is half loaded.
    import_module("pandas")
    most = min(AT_ONCE, machine.threads())
    under_way: deque[Future[R]] = deque()
    with ThreadPoolExecutor(max_workers=most) as threads:
        for thing in things:
            if len(under_way) == most:
                yield under_way.popleft().result()
            under_way.append(threads.submit(work, thing))
        while under_way:
            yield under_way.popleft().result()
