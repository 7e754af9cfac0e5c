"""Telling lack of memory from other errors."""


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory.

    torch and OpenCV have no MemoryError: they raise their own types with these words.
    """
    words = ("out of memory", "insufficient memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in words)
