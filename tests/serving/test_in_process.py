"""The BentoML service without a server: the same application, called through ASGI."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving import server


@pytest.fixture
def application(deployment: Any, serving_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in server.environment(deployment.settings).items():
        monkeypatch.setenv(name, value)
    from serving import service

    monkeypatch.setattr(service, "_configure_logs", lambda _: None)  # pytest's handlers stay
    monkeypatch.setattr(service.arguments, "config", serving_path)
    return service.ColophonService.to_asgi()  # type: ignore[attr-defined]


def test_service_when_it_runs_without_a_server(application: Any) -> None:
    async def main() -> None:
        async with (
            application.router.lifespan_context(application),
            httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://service") as client,
        ):
            assert (await client.get("/livez")).json() == {"live": True}
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
            answer = await client.post("/classify", json={"texts": ["the invoice please"]})
            assert answer.json()["results"][0]["label"] == "invoice"
            refused = await client.post("/classify", json={"texts": [1]})
            assert (refused.status_code, refused.json()["error"]["where"]) == (400, "texts[0]")
            together = [client.post("/classify", json={"texts": ["the parcel"]}) for _ in range(40)]
            answers = await asyncio.gather(*together)
            assert {answer.status_code for answer in answers} == {200}
            assert 'model="kinds"' in (await client.get("/metrics")).text

    asyncio.run(main())


def test_service_when_the_model_fails(application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.text_classification.tfidf_linear import TfidfLinearClassifier

    async def main() -> None:
        async with (
            application.router.lifespan_context(application),
            httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://service") as client,
        ):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
            monkeypatch.setattr(TfidfLinearClassifier, "predict", lambda *_: 1 / 0)
            answer = await client.post("/classify", json={"texts": ["x"]}, headers={"X-Request-Id": "broken-1"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
            assert "broken-1" in answer.json()["error"]["hint"]
            assert "division" not in answer.text

    asyncio.run(main())
