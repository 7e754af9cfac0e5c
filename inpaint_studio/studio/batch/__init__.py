"""One action for many photos: what is to be done, where its results go, what is done already, who does it."""

from inpaint_studio.studio.batch.actions import ACTIONS, Action, Options
from inpaint_studio.studio.batch.batch import Batch, Order, in_processes
from inpaint_studio.studio.batch.cluster import run_on_cluster
from inpaint_studio.studio.batch.plan import EXISTING, Task, inputs_in, plan
from inpaint_studio.studio.batch.processes import Outcome, run

__all__ = [
    "ACTIONS",
    "EXISTING",
    "Action",
    "Batch",
    "Options",
    "Order",
    "Outcome",
    "Task",
    "in_processes",
    "inputs_in",
    "plan",
    "run",
    "run_on_cluster",
]
