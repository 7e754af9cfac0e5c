"""What can be done to many photos: one function each, from a file to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inpaint_studio.basics import NO_PROGRESS, Mask, Progress, StudioError, SubProgress, message
from inpaint_studio.basics.surface import Pixels
from inpaint_studio.studio import cut
from inpaint_studio.studio.enhance import enhance_pixels
from inpaint_studio.studio.fill import fill_pixels, remove_pixels
from inpaint_studio.studio.labelled import SUBJECT, labelled
from inpaint_studio.studio.layers import Photo, lift_all
from inpaint_studio.studio.mask_files import read_coverage
from inpaint_studio.studio.open import PROJECT_SUFFIX, open_photo
from inpaint_studio.studio.save import layered_suffixes, picture_suffixes, write_layers, write_pixels


@dataclass(frozen=True, slots=True)
class Options:
    """What the actions may be told; each reads what concerns it.

    `label` is the name of a kind of object, or "subject"; `mask_dir` holds a mask for each photo, of the same
    stem; `suffix` is the format of the results, "" for the action's own; `strength` is 0..1, `quality`
    1..100.
    """

    label: str = SUBJECT
    mask_dir: str = ""
    suffix: str = ""
    strength: float = 1.0
    quality: int = 92
    filler: str = "auto"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of batch: its name, what it does in words, and what it does.

    `suffix` is that of its results, "" for the photo's own where that can be written, else ".png". `reads`
    are the fields of `Options` that it makes use of, beside `suffix`.
    """

    id: str
    title: str
    suffix: str
    work: Callable[[Path, Path, Options, Progress], None]
    reads: frozenset[str] = frozenset()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What its results can be."""
        return layered_suffixes() if self.suffix == PROJECT_SUFFIX else picture_suffixes()

    def suffix_for(self, photo: Path, options: Options) -> str:
        """The suffix of a photo's result, as ".png". Raises StudioError for one that can't be written."""
        wanted = options.suffix or self.suffix
        if not wanted:
            own = photo.suffix.lower()
            return own if own in picture_suffixes() else ".png"
        if wanted not in self.suffixes:
            known = ", ".join(self.suffixes)
            raise StudioError(message("batch.cant_write", wanted=wanted, action=self.id, known=known))
        return wanted


def _write(pixels: Pixels, target: Path, photo: Photo, options: Options) -> None:
    write_pixels(pixels, target, like=photo, values={"quality": options.quality})


def _remove(source: Path, target: Path, options: Options, progress: Progress) -> None:
    photo = open_photo(source)
    mask, others = labelled(photo, options.label, SubProgress(progress, 0.0, 0.3))
    pixels = remove_pixels(
        photo.exact, mask, keep_out=others, filler=options.filler, seed=options.seed,
        progress=SubProgress(progress, 0.3, 1.0),
    )  # fmt: skip
    _write(pixels, target, photo, options)


def mask_for(source: Path, folder: Path) -> Path:
    """The mask of a photo in a folder: the picture of the same stem. StudioError if there is none."""
    there = sorted(
        p for p in folder.iterdir() if p.stem == source.stem and p.suffix.lower() in picture_suffixes()
    )
    if not there:
        raise StudioError(message("batch.no_mask", folder=folder, name=source.stem))
    return there[0]


def _fill_masks(source: Path, target: Path, options: Options, progress: Progress) -> None:
    photo = open_photo(source)
    hole = read_coverage(mask_for(source, Path(options.mask_dir)))
    cut.check_mask(photo.pixels, hole)
    filled = fill_pixels(photo.exact, hole, filler=options.filler, seed=options.seed, progress=progress)
    _write(filled, target, photo, options)


def _layers(source: Path, target: Path, options: Options, progress: Progress) -> None:
    write_layers(lift_all(open_photo(source), progress=progress), target)


def _cutout(source: Path, target: Path, options: Options, progress: Progress) -> None:
    photo = open_photo(source)
    mask, _ = labelled(photo, options.label, SubProgress(progress, 0.0, 0.5))
    made = cut.cut_out(photo.exact, Mask.place(mask), SubProgress(progress, 0.5, 1.0))
    _write(cut.cut_picture(made), target, photo, options)


def _enhance(source: Path, target: Path, options: Options, progress: Progress) -> None:
    photo = open_photo(source)
    _write(enhance_pixels(photo.exact, options.strength, progress=progress), target, photo, options)


def _export(source: Path, target: Path, options: Options, progress: Progress) -> None:
    photo = open_photo(source)
    progress.report(0.5)
    _write(photo.exact, target, photo, options)


_ALL = (
    Action(
        "remove", "Remove what is named, or what stands out", "", _remove,
        frozenset({"label", "filler", "seed", "quality"}),
    ),
    Action(
        "mask-dir", "Fill where masks are white", "", _fill_masks,
        frozenset({"mask_dir", "filler", "seed", "quality"}),
    ),
    Action("layers", "Every object a layer over a filled background", PROJECT_SUFFIX, _layers),
    Action(
        "cutout", "Cut out what is named, or what stands out", ".png", _cutout,
        frozenset({"label", "quality"}),
    ),
    Action(
        "enhance", "Take noise, JPEG blocks and blur out", "", _enhance, frozenset({"strength", "quality"})
    ),
    Action("export", "Write in another format", "", _export, frozenset({"quality"})),
)  # fmt: skip
ACTIONS: dict[str, Action] = {action.id: action for action in _ALL}


def perform(
    action: str, source: Path, target: Path, options: Options, progress: Progress = NO_PROGRESS
) -> None:
    """Does an action to one photo and writes its result. Raises StudioError if that can't be done."""
    ACTIONS[action].work(source, target, options, progress)
