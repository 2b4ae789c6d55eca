"""Who is asked about: compiled subjects by the names that machines use for members."""

from collections.abc import Iterable

from orgs import subjects
from orgs.keeping import Keeper
from orgs.models import Organization
from orgs.queries.members import named
from orgs.subjects import Subject

# Per process: organization → (access_version, text → member's id). Whatever gives somebody another name (joining, an
# address, an external id) raises the version.
_known: dict[int, tuple[int, dict[str, int]]] = {}
_keeper = Keeper(1_000)
_names_keeper = Keeper(200_000)


def subjects_named(org: Organization, texts: Iterable[str]) -> dict[str, Subject]:
    """Text → compiled subject of the member of `org` whom it names; nobody where it names none.

    `org` must have been read in this request. 0 queries for those whom this process knows under its access version;
    for the others what `named.by_text` and `subjects.of_many` cost, however many; for all what `as_used` costs.
    """
    known, found, missing = _names_in(org), {}, set()
    for text in texts:
        subject = subjects.kept(org, known.get(text, 0))
        if subject is None:
            missing.add(text)
        else:
            found[text] = subject
    rows = named.by_text(org, missing) if missing else {}
    loaded = subjects.of_many(org, list({member.pk: member for member in rows.values()}.values()))
    for text, member in rows.items():
        found[text] = loaded[member.pk]
        _names_keeper.keep(known, text, member.pk)
    return subjects.as_used(org, found)


def _names_in(org: Organization) -> dict[str, int]:
    version, names = _known.get(org.pk, (-1, {}))
    if version != org.access_version:
        names = {}
        _keeper.keep(_known, org.pk, (org.access_version, names))
    return names
