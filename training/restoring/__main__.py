"""`python -m training.restoring` trains; see `training.restoring.trainer`."""

from training.restoring.trainer import main

if __name__ == "__main__":
    raise SystemExit(main())
