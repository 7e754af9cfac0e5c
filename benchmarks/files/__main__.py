"""Runs the cases and prints the table."""

from benchmarks.files.command import main

if __name__ == "__main__":
    raise SystemExit(main())
