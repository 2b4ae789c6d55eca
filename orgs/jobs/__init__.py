"""Work that outlives a request: `start` a job of a kind, `run` it batch by batch, find what is `due`."""

from orgs.jobs.kinds import Kind, Note, Result, Target, Words, kind_of
from orgs.jobs.work import due, run, start

__all__ = ["Kind", "Note", "Result", "Target", "Words", "due", "kind_of", "run", "start"]
