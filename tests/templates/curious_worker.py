"""A worker that tries what a template that broke out of the sandbox would try."""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from templates.worker import jail, serve


def main() -> None:
    options = serve.Options.from_arguments()
    channel = serve.Channel()
    readable = [*jail.python_paths(), *serve.package_paths()]
    serve.start(options, readable=readable)
    secret = options.extra["secret"]
    # Before Python's own events are refused: is it the kernel that says no?
    has_landlock = ctypes.CDLL(None).syscall(444, None, 0, 1) > 0
    kernel_files = _try(lambda: Path(secret).read_text()) if has_landlock else "no landlock"
    jail.refuse_events(readable=readable, writable=[options.scratch, "/proc/self/statm"])

    def handle(header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], Sequence[bytes]]:
        del header, blobs
        (Path(options.scratch) / "own").write_text("may")
        tried = {
            "read": _try(lambda: Path(secret).read_text()),
            "write": _try(lambda: Path(secret).write_text("x")),
            "remove": _try(lambda: Path(secret).unlink()),
            "link": _try(
                lambda: Path(options.scratch, "link").symlink_to(secret) or Path(options.scratch, "link").read_text()
            ),
            "connect": _try(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
            "listen": _try(lambda: socket.socket()),
            "program": _try(lambda: subprocess.run(["true"], check=True)),
            "shell": _try(lambda: os.system("true")),
            "fork": _try(os.fork),
            "signal": _try(lambda: os.kill(os.getppid(), 0)),
            "library": _try(lambda: ctypes.CDLL("libc.so.6")),
        }
        return {"tried": tried, "kernel_files": kernel_files, "environment": sorted(os.environ)}, ()

    channel.serve(handle)


def _try(action: Callable[[], Any]) -> str:
    try:
        action()
    except (jail.ForbiddenError, PermissionError):
        return "refused"
    return "done"


if __name__ == "__main__":
    main()
