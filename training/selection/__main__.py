"""`python -m training.selection` trains; see `training.selection.trainer`."""

from training.selection.trainer import main

if __name__ == "__main__":
    raise SystemExit(main())
