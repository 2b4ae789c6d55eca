"""Kinds of jobs: what one batch of each does. Settings name them under JOBS, so every floor can add its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from orgs.audit import BATCH
from orgs.models import Job, JobRow, Member


@dataclass(frozen=True, slots=True)
class Target:
    """What a job is to do something with: a member's id, a line of a file, a place in a chain; unique in its job."""

    id: int
    name: str = ""
    data: dict[str, Any] = field(default_factory=dict)  # what the batch needs to know of it


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one target: `done`, `same` (it was so already) or `refused` with the reason.

    `data` takes the place of the target's own (None: that stays).
    """

    id: int
    outcome: str
    reason: str = ""
    data: dict[str, Any] | None = None


CHANGED, SAME, REFUSED, MISSED = _("Changed"), _("No change"), _("Refused"), _("No longer there.")
NOBODY, NO_LINE = _("Nobody."), _("No line of the file.")


@dataclass(frozen=True, slots=True)
class Words:
    """What the outcomes of a job are called where its results are shown, and what is said where there is none."""

    done: Any = CHANGED
    same: Any = SAME
    refused: Any = REFUSED
    none: Any = NOBODY


USUAL = Words()
Note = Callable[[Sequence[Result]], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job. To add one: a `Kind` beside what it calls, and one line under JOBS in settings.

    `batch(job, rows, note)` deals with these targets in the name of `job.started_by` and gives the results to `note`
    inside the transaction of the deeds, so that a crash loses both or neither. Targets without a result are refused
    as `missed`. A batch may be tried again after a crash and, once in a blue moon, by two workers: what it does twice
    must come to the same as once.
    """

    batch: Callable[[Job, Sequence[JobRow], Note], None]
    title: Callable[[Job], str]  # what the job does, in words
    page: Callable[[Job], str]  # where its progress and its results are shown
    missed: Any = MISSED
    size: int = BATCH  # targets in a batch; a batch of them takes seconds, never a minute
    words: Callable[[Job], Words] = lambda _job: USUAL
    in_lines: bool = False  # whether targets are lines of a file
    at_once: int = 200  # a job of so many or fewer is done before `start` returns; more wait for a worker


def page_named(name: str) -> Callable[[Job], str]:
    """The page of each job under a name of the URLs. A query where the job was read without its organization."""
    return lambda job: reverse(name, args=[job.org.slug, job.pk])


def actor_of(job: Job) -> Member:
    """In whose name a batch is done: every job that a worker took up has somebody."""
    assert job.started_by is not None  # noqa: S101 (claimed jobs have one)
    return job.started_by


def kind_of(job: Job) -> Kind:
    """What settings name for this job's kind."""
    kind: Kind = import_string(settings.JOBS[job.kind])
    return kind


def known() -> list[str]:
    """The names of all kinds."""
    return list(settings.JOBS)
