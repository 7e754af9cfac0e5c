"""`python -m training.objects` trains; see `training.objects.trainer`."""

from training.objects.trainer import main

if __name__ == "__main__":
    raise SystemExit(main())
