"""Doing something and taking it all back, so that the same people can do it another way."""

from contextlib import contextmanager

from django.db import transaction

from orgs import subjects
from workspaces.decisions import answers


@contextmanager
def undone():
    """Whatever is written inside is rolled back at the end. Acts may run inside, durable as they are."""
    block, known = transaction.atomic(), dict(subjects._compiled)
    block._from_testcase = True
    try:
        with block:
            yield
            transaction.set_rollback(True)
    finally:
        subjects._compiled.clear()  # the versions under which new ones are kept never happened
        subjects._compiled.update(known)
        answers._told.clear()
