"""Making the next batch while the last one is used.

Belongs here: the one thread that does so. Does not belong here: what the batches are.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


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
