"""Services without a window."""

from held import jobs_hold_values as jobs_hold_values
