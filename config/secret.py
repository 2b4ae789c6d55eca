"""A secret that is made once and kept in a file only its owner can read."""

import os
import secrets
from pathlib import Path


def kept_in(path: Path) -> str:
    """Give the secret in `path`, making the file (mode 0600, 50 random bytes) when there is none.

    Two processes that start at once agree on one secret.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
