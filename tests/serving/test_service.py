"""The service over HTTP, as a caller meets it."""

import asyncio
import hashlib
import json
import time
from typing import Any

import httpx
import pytest

from evaluation.records import Records
from templates import colophon
from templates.readback import text_of_docx, text_of_pdf

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


def test_classify_when_words_are_explained(client: httpx.Client) -> None:
    text = "good morning, an invoice for me"
    answer = client.post("/classify", json={"texts": [text], "explain": True})
    (result,) = answer.json()["results"]
    assert result["answered"] is True
    heaviest = max(result["words"], key=lambda word: word["weight"])
    assert (heaviest["word"], text[heaviest["start"] : heaviest["end"]]) == ("invoice", "invoice")
    assert client.post("/classify", json={"texts": [text]}).json()["results"][0]["words"] is None


def test_classify_when_a_text_has_several_labels(client: httpx.Client) -> None:
    texts = ["the invoice and my parcel", "a parcel today", "good morning"]
    answer = client.post("/classify", json={"texts": texts, "model": "concerns"})
    assert [result["labels"] for result in answer.json()["results"]] == [["invoice", "parcel"], ["parcel"], []]
    explained = client.post("/classify", json={"texts": texts[1:2], "model": "concerns", "explain": True}).json()
    assert max(explained["results"][0]["words"], key=lambda word: word["weight"])["word"] == "parcel"
    assert client.post("/classify", json={"texts": texts}).json()["results"][0]["labels"] is None


def test_sentiment_when_no_model_is_named(client: httpx.Client) -> None:
    answer = client.post("/sentiment", json={"texts": ["thank you so much", "this is a terrible mess"]})
    assert answer.json()["model"] == "moods"
    assert [result["label"] for result in answer.json()["results"]] == ["happy", "angry"]


def test_sentiment_when_another_model_is_named(client: httpx.Client) -> None:
    answer = client.post("/sentiment", json={"texts": ["the invoice please"], "model": "kinds"})
    assert (answer.json()["model"], answer.json()["results"][0]["label"]) == ("kinds", "invoice")


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
    answer = client.get("/templates").json()
    assert "receipt" in [template["name"] for template in answer["templates"]]
    assert [template["name"] for template in answer["broken"]] == ["broken"]


def test_description_when_it_is_read(client: httpx.Client) -> None:
    described = client.get("/docs.json").json()
    assert described["info"]["title"] == "Colophon"
    expected = {
        "/classify",
        "/sentiment",
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
    assert set(body["properties"]) == {"texts", "model", "explain"}
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
    assert row.output["answered"] is True


def test_record_when_words_are_explained(client: httpx.Client, service: Any) -> None:
    body = {"texts": ["the invoice please"], "explain": True}
    client.post("/classify", json=body, headers={"X-Request-Id": "explained-1"})
    client.post("/classify", json={"texts": ["afterwards"]}, headers={"X-Request-Id": "explained-2"})
    with Records.open(service.deployment.settings.resolved_records_url) as records:
        deadline = time.monotonic() + 5
        while "explained-2" not in (ids := [row.request_id for row in records.inferences(model="kinds")]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert ids.count("explained-1") == 1


def deep(levels: int) -> str:
    return '{"template": "receipt", "format": "pdf", "data": {"a": ' + "[" * levels + "]" * levels + "}}"


def render(**changes: Any) -> dict[str, Any]:
    return {"json": {"template": "receipt", "data": {}, "format": "pdf"} | changes}


def classify(**body: Any) -> dict[str, Any]:
    return {"json": body}


EXAMPLE = {"customer": "Acme", "count": 1, "date": "2026-11-02", "notes": ["One."]}

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
    ("two texts to explain", "POST", "/classify", classify(texts=["a", "b"], explain=True), 413, "limit_exceeded"),
    ("a long text", "POST", "/classify", classify(texts=["a" * 501]), 413, "limit_exceeded"),
    ("a large body", "POST", "/classify", classify(texts=["a" * 30_000]), 413, "limit_exceeded"),
    ("an unknown model", "POST", "/classify", classify(texts=["a"], model="nope"), 404, "model_not_found"),
    ("a model's path", "POST", "/classify", classify(texts=["a"], model="../../x"), 404, "model_not_found"),
    ("an empty model", "POST", "/classify", classify(texts=["a"], model=""), 400, "invalid_input"),
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
    ("a template's path", "POST", "/render", render(template="../receipt"), 400, "invalid_input"),
    ("a template's whole path", "POST", "/render", render(template="/etc/passwd"), 400, "invalid_input"),
    ("an unknown template", "POST", "/render", render(template="nope"), 404, "template_not_found"),
    ("no data", "POST", "/render", render(), 400, "invalid_data"),
    ("a list as data", "POST", "/render", render(data=[1]), 400, "invalid_input"),
    ("an unknown format", "POST", "/render", render(format="exe"), 400, "invalid_input"),
    ("an unknown theme", "POST", "/render", render(data=EXAMPLE, theme="modren"), 404, "template_not_found"),
    ("a theme's path", "POST", "/render", render(data=EXAMPLE, theme="/etc/passwd"), 400, "invalid_input"),
    ("a theme's file", "POST", "/render", render(data=EXAMPLE, theme="modern.toml"), 400, "invalid_input"),
    ("a page", "POST", "/render", render(format="html"), 400, "invalid_input"),
    ("deep data", "POST", "/render", {"content": deep(900), "headers": JSON}, 413, "limit_exceeded"),
    ("very deep data", "POST", "/render", {"content": deep(9000), "headers": JSON}, 400, "invalid_input"),
    (
        "data that is no number",
        "POST",
        "/render",
        {"content": '{"template": "receipt", "format": "pdf", "data": {"a": NaN}}', "headers": JSON},
        400,
        "invalid_data",
    ),
    (
        "data with half a pair",
        "POST",
        "/render",
        {"content": '{"template": "receipt", "format": "pdf", "data": {"a": "\\ud800"}}', "headers": JSON},
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
            "message": "No model `kindz` is served for text-classification or multi-label-classification.",
            "where": "model",
            "hint": "Did you mean `kinds`?",
        }
    }


def receipt(**changes: Any) -> dict[str, Any]:
    notes = ["We shipped 412 orders. Nothing was late."]
    return {"customer": "R&D <Ltd>", "count": 412, "date": "2026-11-02", "notes": notes} | changes


@pytest.mark.parametrize("file_format", ["docx", "pdf"])
def test_render_when_the_document_is_verified(client: httpx.Client, service: Any, file_format: str) -> None:
    answer = client.post("/render", json={"template": "receipt", "data": receipt(), "format": file_format})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="receipt.{file_format}"'
    assert answer.headers["x-sealed-digest"] == f"sha256:{hashlib.sha256(answer.content).hexdigest()}"
    text = text_of_docx(answer.content) if file_format == "docx" else text_of_pdf(answer.content)
    assert "We shipped 412 orders." in text
    assert "R&D <Ltd>" in text

    verified = client.post("/verify", files={"file": answer.content}).json()
    assert (verified["genuine"], verified["verdict"]) == (True, "genuine")
    assert verified["content_digest"] == answer.headers["x-content-digest"].removeprefix("sha256:")
    manifest = verified["manifest"]
    assert manifest["template"]["name"] == "receipt"
    assert manifest["models"]["overview"]["name"] == "notes"
    assert manifest["document"] == {"format": file_format, "date": "2026-11-02"}
    with Records.open(service.deployment.settings.resolved_records_url) as records:
        (row,) = records.documents(content_digest=verified["content_digest"])[:1]
    assert row.request_id
    assert row.ledger["overview"]["origin"] == "model"

    changed = bytearray(answer.content)
    changed[len(changed) // 2] ^= 1
    assert client.post("/verify", files={"file": bytes(changed)}).json()["verdict"] == "changed"


def test_render_when_a_theme_is_named(client: httpx.Client) -> None:
    request = {"template": "receipt", "data": receipt(), "format": "docx"}
    plain, modern = (client.post("/render", json={**request, **more}) for more in ({}, {"theme": "modern"}))
    assert colophon.read(modern.content)["document"]["theme"] == "modern"
    assert plain.headers["x-content-digest"] != modern.headers["x-content-digest"]
    assert text_of_docx(plain.content) == text_of_docx(modern.content)


def test_render_when_a_claim_has_no_proof(client: httpx.Client) -> None:
    data = receipt(count=7, notes=["We shipped some orders."])
    plain = client.post("/render", json={"template": "receipt", "data": data, "format": "docx"})
    assert "We shipped some orders." in text_of_docx(plain.content)
    data = receipt(customer="x", notes=[])
    answer = client.post("/render", json={"template": "receipt", "data": data, "format": "docx"})
    assert "412 orders came in." in text_of_docx(answer.content)
    manifest = client.post("/verify", files={"file": answer.content}).json()["manifest"]
    assert manifest["passages"] == {"overview": "fallback"}
    assert manifest["models"] == {}


def test_render_when_a_field_is_missing(client: httpx.Client) -> None:
    data = receipt()
    del data["customer"]
    answer = client.post("/render", json={"template": "receipt", "data": data, "format": "pdf"})
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == "customer"


def test_render_when_it_is_read_back_first(client: httpx.Client) -> None:
    body = {"template": "receipt", "data": receipt(), "format": "pdf", "verify": True}
    answer = client.post("/render", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.content == client.post("/render", json=body | {"verify": False}).content


def test_render_when_the_template_means_harm(client: httpx.Client) -> None:
    answer = client.post("/render", json={"template": "greedy", "data": {}, "format": "docx"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (413, "limit_exceeded")
    assert error["where"] == "greedy/template.md.j2, line 2"
    assert client.post("/render", json={"template": "receipt", "data": receipt(), "format": "docx"}).status_code == 200


@pytest.mark.parametrize("name", ["../receipt", "/etc/passwd", "receipt/template.md.j2", "receipt.docx", "./receipt"])
def test_render_when_a_path_is_named(client: httpx.Client, name: str) -> None:
    answer = client.post("/render", json={"template": name, "data": receipt(), "format": "docx"})
    assert (answer.status_code, answer.json()["error"]["where"]) == (400, "template")


def test_render_when_a_version_is_named(client: httpx.Client) -> None:
    right = client.post("/render", json={"template": "receipt@1.2.0", "data": receipt(), "format": "docx"})
    assert right.status_code == 200
    wrong = client.post("/render", json={"template": "receipt@9", "data": receipt(), "format": "docx"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (404, "template_not_found")


def test_render_when_many_ask_at_once(service: Any) -> None:
    async def main() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=service.url, timeout=60) as many:
            body = {"template": "receipt", "data": receipt(), "format": "docx"}
            return await asyncio.gather(*(many.post("/render", json=body) for _ in range(20)))

    answers = asyncio.run(main())
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1


def test_verify_when_the_file_is_not_ours(client: httpx.Client) -> None:
    answer = client.post("/render", json={"template": "receipt", "data": receipt(), "format": "pdf"})
    other = colophon.seal(colophon.strip(answer.content), {}, colophon.SigningKey.generate())
    verified = client.post("/verify", files={"file": other}).json()
    assert (verified["genuine"], verified["verdict"]) == (False, "unknown_key")
    bare = client.post("/verify", files={"file": colophon.strip(answer.content)}).json()
    assert (bare["genuine"], bare["verdict"], bare["manifest"]) == (False, "no_colophon", None)
