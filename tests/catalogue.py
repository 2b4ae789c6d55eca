"""The catalogue of attacks that went wrong elsewhere: each id is in the name of at least one test, as `test_A06_…`.

Letters: A tenants and permission, B membership and invitations, C sessions and caches, D signing in, E pages, F API,
ingest, audit and support. What is in `LATER` waits for the part of Steward that it would attack.
"""

IDS = frozenset(
    f"{letter}{number:02}"
    for letter, count in {"A": 17, "B": 11, "C": 11, "D": 11, "E": 9, "F": 10}.items()
    for number in range(1, count + 1)
)

LATER = {
    "D04": "SAML",
    "F08": "support staff viewing as a member",
}

NOW = IDS - LATER.keys()
