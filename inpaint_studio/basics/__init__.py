"""Value types and errors that every room may use; imports nothing of ours."""

from inpaint_studio.basics.errors import StudioError
from inpaint_studio.basics.found import FoundObject
from inpaint_studio.basics.mask import Mask, Patch
from inpaint_studio.basics.messages import Message, message
from inpaint_studio.basics.progress import NO_PROGRESS, Cancelled, Progress, SubProgress

__all__ = [
    "NO_PROGRESS",
    "Cancelled",
    "FoundObject",
    "Mask",
    "Message",
    "Patch",
    "Progress",
    "StudioError",
    "SubProgress",
    "message",
]
