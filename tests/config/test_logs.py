"""Logs are JSON lines, one for each thing that happened, without secrets."""

import io
import json
import logging

import pytest
import structlog

from config import logs


@pytest.fixture
def lines():
    """A logger whose lines can be read back."""
    said = io.StringIO()
    config = logs.to_json("INFO")
    handler = logging.StreamHandler(said)
    formatter = {key: value for key, value in config["formatters"]["json"].items() if key != "()"}
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**formatter))
    logger = logging.getLogger("tests.lines")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    logger.handlers = []


def test_E09_a_line_break_in_what_is_logged_starts_no_line_of_its_own(lines):
    logging.getLogger("tests.lines").info('evil\n{"level": "info"}\r\x1b[31m')

    (line,) = lines()
    assert line["event"] == 'evil\n{"level": "info"}\r\x1b[31m'


def test_F09_tokens_and_queries_do_not_reach_the_log(lines):
    token = "3v-cqx2l8-5f0c9b8a7d6e5f4a3b2c1d0e9f8a7b6c"
    path = f"/accounts/password/reset/key/{token}/?next=/o/acme/&key={token}"

    structlog.get_logger("tests.lines").info("request_finished", request=f"GET {path}", code=302)

    (line,) = lines()
    assert line["request"] == "GET /accounts/password/reset/key/[token]/"


def test_ids_stay_readable_in_the_log(lines):
    structlog.get_logger("tests.lines").info("request_finished", request="GET /o/acme/members/4611686018427387903/")

    assert lines()[0]["request"] == "GET /o/acme/members/4611686018427387903/"


def test_that_we_are_well_is_not_news(lines):
    structlog.get_logger("tests.lines").info("request_finished", request="GET /healthz", code=200)
    structlog.get_logger("tests.lines").info("request_finished", request="GET /readyz", code=503)

    assert [line["request"] for line in lines()] == ["GET /readyz"]
