from __future__ import annotations

import re
import socket
import ssl
from email.utils import formatdate
from time import time

import pytest

from agno_tui.models.base import ModelErrorKind as Kind
from agno_tui.models.wire import errors, refusals
from agno_tui.models.wire.errors import Asked

KEY = "sk-canary-123456"
ASKED = Asked("api.openai.com", "gpt-x", secret=KEY)


def openai_error(message: str = "Oh.", **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, openai_error(code="invalid_api_key"), Kind.WRONG_KEY, "OPENAI_API_KEY"),
        (403, openai_error("Not here."), Kind.WRONG_KEY, "Not here."),
        (404, openai_error(code="model_not_found"), Kind.UNKNOWN_MODEL, "gpt-x"),
        (
            404,
            openai_error('model "gpt-x" not found, try pulling it first'),
            Kind.UNKNOWN_MODEL,
            "gpt-x",
        ),
        (400, openai_error("invalid model ID"), Kind.UNKNOWN_MODEL, "gpt-x"),
        (404, "404 page not found", Kind.NOT_OPENAI, "base URL"),
        (404, {"detail": "Not Found"}, Kind.NOT_OPENAI, "base URL"),
        (405, "", Kind.NOT_OPENAI, "base URL"),
        (429, openai_error(code="rate_limit_exceeded"), Kind.RATE_LIMIT, "a moment"),
        (429, openai_error(code="insufficient_quota"), Kind.QUOTA, "no credit"),
        (402, openai_error(), Kind.QUOTA, "no credit"),
        (
            400,
            openai_error(code="context_length_exceeded"),
            Kind.CONTEXT,
            "too long for gpt-x",
        ),
        (
            400,
            {"error": {"code": 400, "type": "exceed_context_size_error"}},
            Kind.CONTEXT,
            "too long",
        ),
        (
            400,
            {"object": "error", "message": "This model's maximum context length is 9"},
            Kind.CONTEXT,
            "too long",
        ),
        (413, "", Kind.CONTEXT, "too long"),
        (400, openai_error(code="content_filter"), Kind.REFUSED, "content rules"),
        (400, openai_error("Bad\x1b[31m\nthing"), Kind.BAD_REQUEST, "Bad␛[31m thing"),
        (422, {"detail": "Field required"}, Kind.BAD_REQUEST, "Field required"),
        (422, {"detail": [{"loc": 1}]}, Kind.BAD_REQUEST, "refused the request."),
        (500, "", Kind.SERVER, "(500)"),
        (503, openai_error("Loading model"), Kind.SERVER, "Loading model"),
        (502, "<html>Bad gateway</html>", Kind.SERVER, "(502). Try again"),
        (418, None, Kind.BAD_REQUEST, "refused"),
        (400, {"error": "just text"}, Kind.BAD_REQUEST, "just text"),
        (400, [1, 2], Kind.BAD_REQUEST, "refused"),
    ],
)
def test_a_status_is_put_into_words(
    status: int, body: object, kind: Kind, words: str
) -> None:
    error = refusals.from_status(ASKED, status, body, {})
    assert error.kind is kind
    assert words in error.words
    assert str(error) == error.words


def test_no_key_and_the_server_wants_one() -> None:
    error = refusals.from_status(Asked("host", "m", key_name=""), 401, None, {})
    assert error.words == "host asks for a key. Set OPENAI_API_KEY."


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_the_key_is_never_quoted_and_a_quote_is_short(status: int) -> None:
    body = openai_error(f"Your key {KEY} " + "is bad " * 1000)
    error = refusals.from_status(ASKED, status, body, {})
    assert KEY not in error.words
    assert KEY not in repr(ASKED)
    assert len(error.words) < 300


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"retry-after": "12"}, "Try again in 12 s."),
        ({"retry-after-ms": "1500", "retry-after": "9"}, "in 2 s."),
        ({"retry-after": "600"}, "in 10 min."),
        ({"retry-after": "nan"}, "in a moment."),
        ({"retry-after": "-3"}, "in a moment."),
        ({"retry-after": "soon"}, "in a moment."),
        ({}, "in a moment."),
    ],
)
def test_when_to_try_again(headers: dict[str, str], words: str) -> None:
    error = refusals.from_status(ASKED, 429, openai_error(), headers)
    assert words in error.words


def test_when_to_try_again_as_a_date() -> None:
    headers = {"retry-after": formatdate(time() + 30, usegmt=True)}
    error = refusals.from_status(ASKED, 503, "", headers)
    assert re.search(r"Try again in (28|29|30) s\.", error.words)


def test_a_redirect_names_its_target() -> None:
    headers = {"location": "https://evil.example/v1\x1b[0m"}
    error = refusals.from_status(ASKED, 307, "", headers)
    assert error.kind is Kind.NOT_OPENAI
    assert "https://evil.example/v1␛[0m" in error.words


def test_a_redirect_does_not_say_the_key() -> None:
    headers = {"location": f"https://other.example/v1?key={KEY}"}
    error = refusals.from_status(ASKED, 307, "", headers)
    assert KEY not in error.words
    assert "https://other.example/v1?key=[key]" in error.words


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "x", "code": 429}}, Kind.RATE_LIMIT),
        ({"error": {"message": "x", "code": 503}}, Kind.SERVER),
        ({"error": {"message": "x", "code": "content_filter"}}, Kind.REFUSED),
        ({"error": {"code": 10**5000}}, Kind.SERVER),
        ({"error": "x"}, Kind.SERVER),
    ],
)
def test_an_error_within_a_stream(body: object, kind: Kind) -> None:
    assert refusals.error_in(body) is not None
    assert refusals.from_body(ASKED, body).kind is kind


@pytest.mark.parametrize("body", [None, [], {}, {"error": None}, {"choices": []}, 1.5])
def test_what_is_no_error(body: object) -> None:
    assert refusals.error_in(body) is None


def raised_from(cause: BaseException) -> Exception:
    outer = RuntimeError("outer")
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        (ConnectionRefusedError(), Kind.NO_NETWORK, "Is the server running?"),
        (socket.gaierror(-2, "no"), Kind.NO_NETWORK, "was not found"),
        (ssl.SSLCertVerificationError(), Kind.NO_NETWORK, "certificate"),
        (
            ExceptionGroup("all", [ConnectionRefusedError()]),
            Kind.NO_NETWORK,
            "Is the server running?",
        ),
        (ConnectionResetError(), Kind.CUT, "without answering"),
    ],
)
def test_an_exception_is_put_into_words(
    cause: Exception, kind: Kind, words: str
) -> None:
    error = errors.from_exception(ASKED, raised_from(cause), begun=False)
    assert error.kind is kind
    assert words in error.words


def test_a_cut_says_whether_the_answer_had_begun() -> None:
    error = errors.from_exception(ASKED, ConnectionResetError(), begun=True)
    assert "broke off" in error.words
