import socket
from pathlib import Path

from configs.servers import forget_urls, live_url, write_urls


def test_live_url_when_something_listens(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        write_urls(tmp_path, {"mlflow": url})
        assert live_url(tmp_path, "mlflow") == url
        assert live_url(tmp_path, "prefect") is None
    assert live_url(tmp_path, "mlflow") is None


def test_live_url_when_forgotten(tmp_path: Path) -> None:
    write_urls(tmp_path, {"mlflow": "http://127.0.0.1:1"})
    forget_urls(tmp_path)
    assert live_url(tmp_path, "mlflow") is None
