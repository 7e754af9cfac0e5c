"""Starts the benchmark. Child processes import this file again, so it imports nothing at its top."""

if __name__ == "__main__":
    import sys

    from benchmarks.fill.command import main

    sys.exit(main())
