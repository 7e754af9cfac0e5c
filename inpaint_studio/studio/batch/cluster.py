"""Doing the tasks of a batch on other machines: workers of Dask, which the user has started.

Photos are named by their paths, for storage that all machines share, or sent along with the tasks. A worker
loads its networks once. Needs the extra "dask".
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inpaint_studio import __version__
from inpaint_studio.basics import StudioError, message
from inpaint_studio.files.atomic import atomic_bytes
from inpaint_studio.studio.batch.actions import Options, mask_for
from inpaint_studio.studio.batch.plan import Task
from inpaint_studio.studio.batch.processes import Late, Outcome, do

if TYPE_CHECKING:
    from distributed import Client, Future

_WAITING: Final = 2
"""Tasks handed to each worker ahead of time: no more photos than that are under way or in memory."""
_RETRIES: Final = 3
"""How many workers may be lost with a task before it is given up."""
_CONNECT_SECONDS: Final = 8


@dataclass(frozen=True, slots=True)
class Parcel:
    """A task with its files: names and bytes of the photo and of its mask (None where none is needed)."""

    photo: tuple[str, bytes]
    mask: tuple[str, bytes] | None
    target: str


def run_on_cluster(
    tasks: Sequence[Task],
    action: str,
    options: Options,
    address: str,
    *,
    send: bool = False,
    late: Late | None = None,
) -> Generator[Outcome]:
    """Does all tasks on the workers of a scheduler (as "tcp://host:8786"); gives each outcome as it comes.

    With `send` photos and results travel with the tasks, else all machines must see them under the same
    paths. A task whose worker is lost is done by another. Closing the iterator stops; what is
    done by then is told to `late`. Raises StudioError
    without the extra "dask", for a scheduler that is not there, one without workers, and for workers of
    another version.
    """
    with _connected(address) as client:
        workers = _checked_workers(client)
        left = list(reversed(tasks))
        yield from _until_done(client, left, action, options, workers, send=send, late=late)


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise StudioError(message("batch.no_dask")) from None
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StudioError(message("batch.no_scheduler", address=address)) from error


def _version() -> str:
    return __version__


def _checked_workers(client: Client) -> int:
    """How many workers there are. Raises StudioError if none, or one with another version."""
    versions: dict[str, Any] = client.run(_version, on_error="return")
    if not versions:
        raise StudioError(message("batch.no_workers"))
    for address, version in versions.items():
        if version != __version__:
            found = version if isinstance(version, str) else "none"
            raise StudioError(message("batch.other_version", worker=address, found=found, wanted=__version__))
    return len(versions)


def _until_done(
    client: Client,
    left: list[Task],
    action: str,
    options: Options,
    workers: int,
    *,
    send: bool,
    late: Late | None,
) -> Generator[Outcome]:
    from distributed import as_completed

    running: dict[Future, Task] = {}
    arriving = as_completed(loop=client.loop)
    try:
        while left or running:
            while left and len(running) < _WAITING * workers:
                task = left.pop()
                try:
                    future = _submitted(client, task, action, options, send=send)
                except (OSError, StudioError) as error:
                    yield Outcome(task, str(error))
                    continue
                running[future] = task
                arriving.add(future)
            if running:
                future = next(arriving)
                yield _outcome(future, running.pop(future))
                future.release()
    finally:
        for future, task in running.items():
            if late is not None and future.status == "finished":
                late(_outcome(future, task))
        client.cancel(list(running))


def _submitted(client: Client, task: Task, action: str, options: Options, *, send: bool) -> Future:
    work: tuple[Any, ...] = (do, task, action, options)
    if send:
        mask = mask_for(task.source, Path(options.mask_dir)) if options.mask_dir else None
        photo = task.source.name, task.source.read_bytes()
        parcel = Parcel(photo, None if mask is None else (mask.name, mask.read_bytes()), task.target.name)
        work = (do_parcel, parcel, action, options)
    # Not pure: what a file holds may have changed since a task with the same words.
    return client.submit(*work, pure=False, retries=_RETRIES)


def do_parcel(parcel: Parcel, action: str, options: Options) -> tuple[str, bytes]:
    """A task whose files came along: what went wrong, "" if nothing did, and the result's bytes."""
    with tempfile.TemporaryDirectory(prefix="inpaint-studio-") as name:
        folder = Path(name)
        source, target = folder / "photo" / parcel.photo[0], folder / "result" / parcel.target
        for each in (source.parent, target.parent):
            each.mkdir()
        source.write_bytes(parcel.photo[1])
        given = options
        if parcel.mask is not None:
            (folder / "mask").mkdir()
            (folder / "mask" / parcel.mask[0]).write_bytes(parcel.mask[1])
            given = replace(options, mask_dir=str(folder / "mask"))
        outcome = do(Task(source, target, ""), action, given)
        return outcome.error, b"" if outcome.error else target.read_bytes()


def _outcome(future: Future, task: Task) -> Outcome:
    """What became of a task; a result that was sent back is written here."""
    try:
        result = future.result()
    except Exception as error:  # noqa: BLE001 - whatever a worker or the connection raised
        reason = str(error) or type(error).__name__
        return Outcome(task, message("batch.worker_lost", reason=reason))
    if isinstance(result, Outcome):
        return Outcome(task, result.error)
    error_text, data = result
    if error_text:
        return Outcome(task, error_text)
    try:
        atomic_bytes(task.target, data)
    except StudioError as error:
        return Outcome(task, str(error))
    return Outcome(task, "")
