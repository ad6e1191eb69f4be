import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from configs.errors import ConflictError, DependencyError
from pipelines.processes import Server, free_port, require_free_port, running


def a_server(port: int, name: str = "files") -> Server:
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return Server(name, command, "127.0.0.1", port, "/", {})


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_running_when_the_block_ends_stops_the_servers(tmp_path: Path) -> None:
    server = a_server(free_port())
    with running([server], log_folder=tmp_path):
        assert listens(server.port)
    assert not listens(server.port)


def test_running_when_a_server_ends_at_once(tmp_path: Path) -> None:
    server = Server("broken", [sys.executable, "-c", "raise SystemExit(3)"], "127.0.0.1", free_port(), "/", {})
    with (
        pytest.raises(DependencyError, match="broken ended with status 3") as caught,
        running([server], log_folder=tmp_path),
    ):
        pass
    assert caught.value.where == str(tmp_path / "broken.log")


def test_running_when_the_parent_is_killed_leaves_no_server(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from pathlib import Path; import time;"
        "from tests_server import a_server; from pipelines.processes import running\n"
        f"with running([a_server({port})], log_folder=Path({str(tmp_path)!r})): print('up', flush=True); time.sleep(60)"
    )
    (tmp_path / "tests_server.py").write_text(
        "import sys\nfrom pipelines.processes import Server\n"
        "def a_server(port):\n"
        "    command = [sys.executable, '-m', 'http.server', str(port), '--bind', '127.0.0.1']\n"
        "    return Server('files', command, '127.0.0.1', port, '/', {})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 10
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not listens(port)


def test_require_free_port_when_it_is_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = a_server(listener.getsockname()[1])
        with pytest.raises(ConflictError, match=rf"Port {server.port} for files is in use.*COLOPHON_FILES_PORT"):
            require_free_port(server, variable="COLOPHON_FILES_PORT")
