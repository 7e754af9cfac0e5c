"""Telling lack of memory from other errors."""

_WORDS = (
    "out of memory", "insufficient memory", "can't allocate memory", "not enough memory",
    "failed to allocate", "bad allocation", "bad_alloc", "outofmemory", "alloc_failed",
)  # fmt: skip


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    ONNX Runtime and OpenCV have no MemoryError: they raise their own types with these words.
    """
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _WORDS)
