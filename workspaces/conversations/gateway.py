"""The one place that asks a model: through a gateway that speaks OpenAI's API, named by the environment.

What goes out is the mate's instructions and what was said, without names and files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from orgs.models import Organization
from policies.models import CatalogueModel

LONGEST = 20_000  # characters of an answer that are kept
_NANOS = 10**9  # in one USD
MOST_TOKENS = 10**12  # that usage takes of one event; what a gateway makes up beyond it costs nobody the answer


class Trouble(Exception):
    """No answer came; the text says why, in words for whoever asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    tokens_in: int
    tokens_out: int


def is_there() -> bool:
    return bool(settings.AI_BASE_URL)


def ask(model: str, messages: Sequence[dict[str, str]]) -> Answer:
    """What `model` says to `messages`. At most AI_TIMEOUT seconds of silence, no second try of its own.

    Raises:
        Trouble: nothing usable came back.
    """
    import openai  # a fifth of every start, where many never ask

    asked: Any = list(messages)
    client = openai.OpenAI(
        base_url=settings.AI_BASE_URL, api_key=settings.AI_API_KEY or "none", timeout=settings.AI_TIMEOUT, max_retries=0
    )
    try:
        with client:
            return _read(client.chat.completions.create(model=model, messages=asked))
    except openai.APITimeoutError as error:
        text = _("The model did not answer within %(seconds)s seconds.")
        raise Trouble(text % {"seconds": settings.AI_TIMEOUT}) from error
    except openai.APIConnectionError as error:
        raise Trouble(_("The gateway to the model could not be reached.")) from error
    except openai.APIStatusError as error:
        text = _("The gateway to the model answered with the status %(status)s.")
        raise Trouble(text % {"status": error.status_code}) from error
    except (openai.OpenAIError, ArithmeticError, AttributeError, IndexError, TypeError, ValueError) as error:
        raise Trouble(_("What the gateway to the model sent is no answer.")) from error


def _read(made: Any) -> Answer:
    """What a completion says. Whatever is not there or of another kind raises."""
    text = made.choices[0].message.content.replace("\0", "").encode(errors="replace").decode().strip()
    if not text:
        raise ValueError("an empty answer")
    usage = made.usage
    tokens = (usage.prompt_tokens, usage.completion_tokens) if usage is not None else (0, 0)
    return Answer(text[:LONGEST], *(min(max(int(number or 0), 0), MOST_TOKENS) for number in tokens))


def cost(org: Organization, model: str, answer: Answer) -> str:
    """What an answer cost in USD by the catalogue's prices, as a decimal; empty where it knows none. One query."""
    known = CatalogueModel.objects.filter(org=org).named(model)
    nanos = known.cost_nanos(answer.tokens_in, answer.tokens_out) if known is not None else None
    return "" if nanos is None else f"{Decimal(nanos) / _NANOS:f}"
