"""What lies beside the pixels of a PSD file: profile, resolution, EXIF and XMP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inpaint_studio.document.metadata import Metadata

if TYPE_CHECKING:
    from psd_tools.psd.image_resources import ImageResources

_INCH = 1
"""The unit of resolutions, and of the sizes that are shown for them."""
_FIXED = 1 << 16
"""Resolutions are numbers of 16.16 bits."""


def resources(icc: bytes | None, metadata: Metadata) -> ImageResources:
    """The resources of a file that is written."""
    from psd_tools.constants import Resource
    from psd_tools.psd.image_resources import ImageResource, ImageResources, ResoulutionInfo, VersionInfo

    known: dict[Any, Any] = {
        Resource.VERSION_INFO: VersionInfo(
            has_composite=True, writer="Inpaint Studio", reader="Inpaint Studio"
        ),
    }
    if metadata.dpi is not None:
        across, down = (round(dpi * _FIXED) for dpi in metadata.dpi)
        known[Resource.RESOLUTION_INFO] = ResoulutionInfo(across, _INCH, _INCH, down, _INCH, _INCH)
    known |= {
        Resource.ICC_PROFILE: icc,
        Resource.EXIF_DATA_1: metadata.exif,
        Resource.XMP_METADATA: metadata.xmp,
    }
    made = ImageResources()
    for key, data in ((key, data) for key, data in known.items() if data):
        made[key] = ImageResource(key=key, data=data)
    return made


def profile_of(found: ImageResources) -> bytes | None:
    """The ICC profile of a file."""
    from psd_tools.constants import Resource

    return _bytes(found.get_data(Resource.ICC_PROFILE))


def metadata_of(found: ImageResources) -> Metadata:
    """What a file says about the picture."""
    from psd_tools.constants import Resource

    size = found.get_data(Resource.RESOLUTION_INFO)
    dpi = None
    if size is not None and size.horizontal and size.vertical:
        dpi = size.horizontal / _FIXED, size.vertical / _FIXED
    exif, xmp = (_bytes(found.get_data(key)) for key in (Resource.EXIF_DATA_1, Resource.XMP_METADATA))
    return Metadata(exif, xmp, (), dpi)


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and value else None
