"""`python -m training.segmentation` trains; see `training.segmentation.trainer`."""

from training.segmentation.trainer import main

if __name__ == "__main__":
    raise SystemExit(main())
