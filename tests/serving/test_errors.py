import inspect
import json
from typing import Any

import pytest

from configs import errors
from serving import errors as http_errors
from serving.errors import STATUS, ErrorAnswer, OverloadedError, answer_instead_of, answer_to

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.ColophonError)]
OURS = [kind for _, kind in inspect.getmembers(http_errors, inspect.isclass) if issubclass(kind, errors.ColophonError)]


@pytest.mark.parametrize("kind", TREE + OURS)
def test_answer_when_an_error_of_the_tree_is_raised(kind: type[errors.ColophonError]) -> None:
    answer = answer_to(kind("It broke.", where="/secret/place", hint="Mend it."), request_id="r1")
    shown = json.loads(answer.body)["error"]
    assert set(shown) == {"code", "message", "where", "hint"}
    assert shown["code"] == kind.code
    inside = answer.status >= 500 and kind not in (http_errors.DeadlineError, http_errors.NotReadyError)
    assert ("/secret/place" in answer.body.decode()) is not inside
    assert ("r1" in answer.body.decode()) is inside


def test_status_when_a_class_is_made_from_another() -> None:
    kinds = list(STATUS)
    for position, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[position + 1 :])


def test_codes_when_compared_with_the_tree() -> None:
    assert len({kind.code for kind in TREE + OURS}) == len(TREE + OURS)


def test_answer_when_the_error_is_not_ours() -> None:
    answer = answer_to(RuntimeError("password=hunter2"), request_id="r1")
    assert (answer.status, answer.code) == (500, "internal")
    assert b"hunter2" not in answer.body


def test_answer_when_too_much_waits() -> None:
    answer = answer_to(OverloadedError("Full."), request_id="r1")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


def translated(status: int, content: Any) -> ErrorAnswer:
    answer = answer_instead_of(status, json.dumps(content).encode(), request_id="r1")
    assert answer is not None
    return answer


def test_translation_when_bentoml_refuses_a_field() -> None:
    problem = {"type": "string_type", "loc": ["texts", 0], "msg": "Input should be a valid string"}
    answer = translated(400, {"error": "1 validation error for X", "detail": [problem]})
    assert (answer.status, answer.where) == (400, "texts[0]")
    assert answer.message == "Input should be a valid string."


def test_translation_when_fastapi_refuses_a_field() -> None:
    answer = translated(422, {"detail": [{"type": "missing", "loc": ["body", "data"], "msg": "Field required"}]})
    assert (answer.status, answer.code, answer.where) == (400, "invalid_input", "data")


def test_translation_when_bentoml_hides_a_failure() -> None:
    answer = translated(500, {"error": "An unexpected error has occurred, please check the server log."})
    assert (answer.status, answer.code) == (500, "internal")
    assert "r1" in (answer.hint or "")


def test_translation_when_the_body_is_no_json() -> None:
    answer = answer_instead_of(404, b"Not Found", request_id="r1")
    assert answer is not None
    assert (answer.status, answer.code) == (404, "not_found")


def test_translation_when_the_answer_is_ours() -> None:
    body = answer_to(errors.InputError("Bad."), request_id="r1").body
    assert answer_instead_of(400, body, request_id="r1") is None
