"""What a figure may be about, spelled as `analytics.models.totals` says."""

ORGANIZATION = ""
MODEL, INTEGRATION, USE_CASE, WORKSPACE = "model", "integration", "use_case", "workspace"
DIMENSIONS = (MODEL, INTEGRATION, USE_CASE, WORKSPACE)
OWN = {"m": MODEL, "i": INTEGRATION, "u": USE_CASE, "w": WORKSPACE}


def department(pk: int) -> str:
    return f"d:{pk}"


def team(pk: int) -> str:
    return f"t:{pk}"


def member(pk: int) -> str:
    return f"p:{pk}"


def workspace_value(pk: int, name: str = "") -> str:
    """A workspace as a dimension's value; where none has that name, the name as it was sent."""
    return str(pk) if pk else f"={name}" if name else ""
