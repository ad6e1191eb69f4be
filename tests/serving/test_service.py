"""The service over HTTP, as a caller meets it."""

import json
import time
from typing import Any

import httpx
import pytest

from evaluation.records import Records

JSON = {"Content-Type": "application/json"}


def test_classify_when_no_model_is_named(client: httpx.Client) -> None:
    answer = client.post("/classify", json={"texts": ["the invoice please", "my parcel"]})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["model"], body["version"], body["alias"]) == ("kinds", "1", "champion")
    assert [result["label"] for result in body["results"]] == ["invoice", "parcel"]
    assert set(body["results"][0]["scores"]) == {"invoice", "parcel"}


def test_classify_when_another_model_is_named(client: httpx.Client) -> None:
    answer = client.post("/classify", json={"texts": ["a terrible mess"], "model": "moods"})
    assert answer.json()["model"] == "moods"
    assert answer.json()["results"][0]["label"] == "angry"


def test_summarize_when_a_length_is_given(client: httpx.Client) -> None:
    text = "The first fact is this. The second fact is that. The third is another."
    answer = client.post("/summarize", json={"text": text, "max_sentences": 2})
    assert answer.json()["sentences"] == ["The first fact is this.", "The second fact is that."]
    assert answer.json()["summary"] == "The first fact is this. The second fact is that."


def test_models_when_one_has_no_champion(client: httpx.Client) -> None:
    models = {model["name"]: model for model in client.get("/models").json()["models"]}
    assert models["kinds"]["state"] == "live"
    assert models["kinds"]["default_of"] == ["classify"]
    assert len(models["kinds"]["digest"]) == 64
    assert models["unborn"]["state"] == "waiting"
    assert models["unborn"]["version"] is None


def test_readiness_when_one_model_waits(client: httpx.Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["models"]["unborn"] == "waiting"
    assert client.get("/livez").status_code == 200


def test_templates_when_they_are_listed(client: httpx.Client) -> None:
    names = [template["name"] for template in client.get("/templates").json()["templates"]]
    assert "monthly-report" in names


def test_description_when_it_is_read(client: httpx.Client) -> None:
    described = client.get("/docs.json").json()
    assert described["info"]["title"] == "Colophon"
    expected = {
        "/classify",
        "/summarize",
        "/render",
        "/verify",
        "/models",
        "/templates",
        "/readyz",
        "/livez",
        "/metrics",
    }
    assert expected <= set(described["paths"])
    body = described["paths"]["/classify"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema = described["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
    assert set(schema["properties"]) == {"texts", "model"}
    for operations in described["paths"].values():
        for operation in operations.values():
            error = operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"]
            assert error.rsplit("/", 1)[1] in described["components"]["schemas"]
            assert not {"400", "404", "422", "500"} & set(operation["responses"])


def test_metrics_when_a_request_was_answered(client: httpx.Client) -> None:
    client.post("/classify", json={"texts": ["the invoice please"]})
    written = client.get("/metrics").text
    assert 'colophon_requests_total{route="/classify",status="200"}' in written
    assert 'colophon_model_version{model="kinds",version="1"} 1.0' in written
    assert 'colophon_batch_texts_bucket{le="1.0",model="kinds"}' in written


def test_record_when_texts_are_hashed(client: httpx.Client, service: Any) -> None:
    text = f"the invoice of {time.time()}"
    client.post("/classify", json={"texts": [text]}, headers={"X-Request-Id": "recorded-1"})
    with Records.open(service.deployment.settings.resolved_records_url) as records:
        deadline = time.monotonic() + 5
        while not (found := [row for row in records.inferences(model="kinds") if row.request_id == "recorded-1"]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    (row,) = found
    assert (row.text, row.endpoint, row.version) == (None, "classify", "1")
    assert row.text_sha256 is not None
    assert row.columns["characters"] == len(text)
    assert row.columns["predicted_label"] == row.output["label"] == "invoice"


def deep(levels: int) -> str:
    return '{"template": "monthly-report", "format": "pdf", "data": {"a": ' + "[" * levels + "]" * levels + "}}"


def render(**changes: Any) -> dict[str, Any]:
    return {"json": {"template": "monthly-report", "data": {}, "format": "pdf"} | changes}


def classify(**body: Any) -> dict[str, Any]:
    return {"json": body}


HOSTILE: list[tuple[str, str, str, dict[str, Any], int, str]] = [
    ("broken JSON", "POST", "/classify", {"content": '{"texts": [', "headers": JSON}, 400, "invalid_json"),
    ("no body", "POST", "/classify", {"content": b"", "headers": JSON}, 400, "invalid_input"),
    ("a list as body", "POST", "/classify", {"json": [1]}, 400, "invalid_input"),
    ("null as body", "POST", "/classify", {"content": b"null", "headers": JSON}, 400, "invalid_input"),
    ("a text for a list", "POST", "/classify", classify(texts="hello"), 400, "invalid_input"),
    ("numbers for texts", "POST", "/classify", classify(texts=[1, 2]), 400, "invalid_input"),
    ("null for a text", "POST", "/classify", classify(texts=[None]), 400, "invalid_input"),
    ("no texts", "POST", "/classify", classify(texts=[]), 400, "invalid_input"),
    ("an empty text", "POST", "/classify", classify(texts=["fine", "  "]), 400, "invalid_input"),
    ("no field at all", "POST", "/classify", classify(), 400, "invalid_input"),
    ("an unknown field", "POST", "/classify", classify(texts=["a"], modle="kinds"), 400, "invalid_input"),
    ("too many texts", "POST", "/classify", classify(texts=["a"] * 9), 413, "limit_exceeded"),
    ("a long text", "POST", "/classify", classify(texts=["a" * 501]), 413, "limit_exceeded"),
    ("a large body", "POST", "/classify", classify(texts=["a" * 30_000]), 413, "limit_exceeded"),
    ("an unknown model", "POST", "/classify", classify(texts=["a"], model="nope"), 404, "model_not_found"),
    ("a model's path", "POST", "/classify", classify(texts=["a"], model="../../x"), 404, "model_not_found"),
    ("an empty model", "POST", "/classify", classify(texts=["a"], model=""), 404, "model_not_found"),
    ("a model of another task", "POST", "/classify", classify(texts=["a"], model="notes"), 404, "model_not_found"),
    ("a waiting model", "POST", "/classify", classify(texts=["a"], model="unborn"), 404, "model_not_found"),
    ("no UTF-8", "POST", "/classify", {"content": b'{"texts": ["\xff"]}', "headers": JSON}, 400, "invalid_input"),
    (
        "half a surrogate pair",
        "POST",
        "/classify",
        {"content": b'{"texts": ["\\ud800"]}', "headers": JSON},
        400,
        "invalid_json",
    ),
    ("plain text", "POST", "/classify", {"content": "hello"}, 415, "unsupported_media_type"),
    (
        "a pickle",
        "POST",
        "/classify",
        {"content": b"\x80\x04.", "headers": {"Content-Type": "application/vnd.bentoml+pickle"}},
        415,
        "unsupported_media_type",
    ),
    ("a form", "POST", "/classify", {"files": {"texts": b"http://localhost/x"}}, 415, "unsupported_media_type"),
    ("GET for POST", "GET", "/classify", {}, 405, "method_not_allowed"),
    ("POST for GET", "POST", "/models", {"json": {}}, 405, "method_not_allowed"),
    ("DELETE", "DELETE", "/models", {}, 405, "method_not_allowed"),
    ("an unknown path", "GET", "/no/such/path", {}, 404, "not_found"),
    ("a file's path", "GET", "/static_content/../../etc/passwd", {}, 404, "not_found"),
    ("no text", "POST", "/summarize", classify(text=" "), 400, "invalid_input"),
    ("no sentences", "POST", "/summarize", classify(text="A.", max_sentences=0), 413, "limit_exceeded"),
    ("half a sentence", "POST", "/summarize", classify(text="A.", max_sentences=1.5), 400, "invalid_input"),
    ("a number as text", "POST", "/summarize", classify(text="A.", max_sentences="2"), 400, "invalid_input"),
    ("a template's path", "POST", "/render", render(template="../monthly-report"), 400, "invalid_input"),
    ("a template's whole path", "POST", "/render", render(template="/etc/passwd"), 400, "invalid_input"),
    ("an unknown template", "POST", "/render", render(template="nope"), 404, "template_not_found"),
    ("no data", "POST", "/render", render(), 400, "invalid_data"),
    ("a list as data", "POST", "/render", render(data=[1]), 400, "invalid_input"),
    ("an unknown format", "POST", "/render", render(format="exe"), 400, "invalid_input"),
    ("a page", "POST", "/render", render(format="html"), 400, "invalid_input"),
    ("deep data", "POST", "/render", {"content": deep(900), "headers": JSON}, 413, "limit_exceeded"),
    ("very deep data", "POST", "/render", {"content": deep(9000), "headers": JSON}, 400, "invalid_input"),
    (
        "data that is no number",
        "POST",
        "/render",
        {"content": '{"template": "monthly-report", "format": "pdf", "data": {"a": NaN}}', "headers": JSON},
        400,
        "invalid_data",
    ),
    (
        "data with half a pair",
        "POST",
        "/render",
        {"content": '{"template": "monthly-report", "format": "pdf", "data": {"a": "\\ud800"}}', "headers": JSON},
        400,
        "invalid_data",
    ),
    ("broken JSON to render", "POST", "/render", {"content": "{", "headers": JSON}, 400, "invalid_json"),
    ("no file", "POST", "/verify", {"files": {"other": b"x"}}, 400, "invalid_input"),
    ("a file that is a text", "POST", "/verify", {"data": {"file": "x"}, "files": {"o": b""}}, 400, "invalid_input"),
    ("a file of another kind", "POST", "/verify", {"files": {"file": b"hello"}}, 400, "invalid_document"),
    ("an empty file", "POST", "/verify", {"files": {"file": b""}}, 400, "invalid_document"),
    ("JSON for a file", "POST", "/verify", {"json": {}}, 415, "unsupported_media_type"),
    (
        "a broken form",
        "POST",
        "/verify",
        {"content": b"no boundary here", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        400,
        "invalid_input",
    ),
    (
        "a form without boundary",
        "POST",
        "/verify",
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        400,
        "invalid_input",
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [row[1:] for row in HOSTILE],
    ids=[row[0].replace(" ", "-") for row in HOSTILE],
)
def test_answer_when_the_request_is_bad(
    client: httpx.Client, service: Any, method: str, path: str, request_: dict[str, Any], status: int, code: str
) -> None:
    logged = len(service.log)
    answer = client.request(method, path, **request_)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "where", "hint"}
    assert error["code"] == code
    assert error["message"].endswith((".", "?"))
    assert answer.headers["x-request-id"]
    new_lines = service.log[logged:]
    assert "Traceback" not in new_lines
    assert "error  " not in new_lines


def test_answer_when_the_body_breaks_off(service: Any) -> None:
    import socket

    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99"
        )
        connection.sendall(b'\r\n\r\n{"texts": ["a"')
    assert httpx.get(f"{service.url}/livez").status_code == 200
    assert "Traceback" not in service.log


def test_log_when_a_request_is_answered(client: httpx.Client, service: Any) -> None:
    client.post("/classify", json={"texts": ["the invoice please"]}, headers={"X-Request-Id": "find-me"})
    deadline = time.monotonic() + 5
    while not (lines := [line for line in service.log.splitlines() if "find-me" in line]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "path=/classify" in lines[0]
    assert "the invoice please" not in service.log


def test_error_when_it_is_read_by_a_program(client: httpx.Client) -> None:
    answer = client.post("/classify", json={"texts": ["a"], "model": "kindz"})
    assert json.loads(answer.text) == {
        "error": {
            "code": "model_not_found",
            "message": "No model `kindz` is served for text-classification.",
            "where": "model",
            "hint": "Did you mean `kinds`?",
        }
    }
