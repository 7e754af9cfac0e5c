"""`python -m training.street` fits the unit; see `training.street.fit`."""

from training.street.fit import main

if __name__ == "__main__":
    raise SystemExit(main())
