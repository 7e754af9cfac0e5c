"""Long work off the window's thread: five lanes, progress, cancel, results back in the window's thread."""

from inpaint_studio.jobs.collector import GuiCollector
from inpaint_studio.jobs.delay import Delay
from inpaint_studio.jobs.estimate import TimeLeft, in_words
from inpaint_studio.jobs.group import JobGroup
from inpaint_studio.jobs.job import Job, JobContext, Lane
from inpaint_studio.jobs.worker import Worker

__all__ = ["Delay", "GuiCollector", "Job", "JobContext", "JobGroup", "Lane", "TimeLeft", "Worker", "in_words"]
