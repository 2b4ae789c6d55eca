"""The words that come with events, read where the monitoring level lets them be read."""

from typing import Any

import msgspec


def readable(value: Any) -> str:
    """A text as it can be kept; nothing where it is none."""
    if isinstance(value, msgspec.Raw):
        try:
            value = msgspec.json.decode(value, type=str)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
    return value.replace("\0", "").encode(errors="replace").decode().strip() if isinstance(value, str) else ""
