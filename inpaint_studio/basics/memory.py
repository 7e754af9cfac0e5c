"""Memory: telling its lack from other errors, and giving it back."""

import sys

_WORDS = (
    "out of memory", "insufficient memory", "can't allocate memory", "not enough memory",
    "failed to allocate", "bad allocation", "bad_alloc", "outofmemory", "alloc_failed",
)  # fmt: skip


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    ONNX Runtime and OpenCV have no MemoryError: they raise their own types with these words.
    """
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _WORDS)


def return_freed() -> None:
    """Gives what was freed back to the system, where the C library keeps it: glibc does."""
    if sys.platform.startswith("linux"):
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
