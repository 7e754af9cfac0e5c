"""`python -m training.matting` trains; see `training.matting.trainer`."""

from training.matting.trainer import main

if __name__ == "__main__":
    raise SystemExit(main())
