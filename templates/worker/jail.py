"""What a worker gives up before it touches a template: memory without end, the network, and other people's files.

Each lock holds by itself, and a system that lacks one (an old kernel, a
container that forbids it) still has the others. The sandbox of
`templates.environment` is the first wall; this is what stands behind it.
"""

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MAX_FILE_BYTES = 512 << 20  # nothing that a worker writes is larger

_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_PR_SET_NO_NEW_PRIVS = 38

# Landlock (Linux 5.13): system calls without a wrapper in libc, the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_QUERY = 1
_PATH_BENEATH = 1
_READ = 0b1101  # execute, read a file, list a folder
_READ_FILE = 0b101
_ACCESS_BY_VERSION = (0x1FFF, 0x3FFF, 0x7FFF)  # all rights over files that versions 1, 2 and 3 know
_FOLDER_RIGHTS = 0x3FF8  # those that only make sense for a folder

# Audit events (Python's own list) of what no template needs.
_NEVER = frozenset(
    {
        *("ctypes.call_function", "ctypes.dlopen", "ctypes.dlsym", "signal.pthread_kill", "sqlite3.connect"),
        *("ftplib.connect", "http.client.connect", "smtplib.connect", "syslog.openlog", "urllib.Request"),
        *("os.chmod", "os.chown", "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn"),
        *("os.putenv", "os.setxattr", "os.spawn", "os.system", "os.unsetenv", "pty.spawn", "subprocess.Popen"),
        *("socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto"),
    }
)
_CHANGES = frozenset(
    {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate", "shutil.rmtree"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ForbiddenError(Exception):
    """Something in this process asked for what it gave up."""


def die_with(descriptor: int) -> None:
    """Let the kernel end this process when the other end of a pipe is closed, whatever either side is doing.

    Unlike `PR_SET_PDEATHSIG` this does not depend on the thread that started the process.
    """
    if sys.platform == "linux":
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)


def bound_memory(megabytes: int) -> None:
    """Let an allocation beyond the limit fail, and leave no core file.

    Private data is counted and not addresses, of which threads reserve far more than they use.
    """
    _lower(resource.RLIMIT_DATA, megabytes << 20)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)


def leave_network() -> bool:
    """Move into a network of this process alone; False where the system does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def leave_files(*, readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Keep the right to read below some paths, and to write below others; False where the kernel knows no Landlock.

    Must run before the process starts threads, which would keep their rights.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_QUERY)
    if version < 1:
        return False
    every = _ACCESS_BY_VERSION[min(version, len(_ACCESS_BY_VERSION)) - 1]
    attributes = struct.pack("<Q", every)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    for paths, rights in ((readable, _READ), (writable, every)):
        for path in paths:
            with contextlib.suppress(OSError):  # what does not exist cannot be read either
                _allow(libc, ruleset, path, rights)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(done)


def refuse_events(*, readable: Iterable[str], writable: Iterable[str]) -> None:
    """Refuse, for good, what Python code could do beyond computing: the wall where the kernel has none."""
    inside = tuple(_prefix(path) for path in (*readable, *writable))
    own = tuple(_prefix(path) for path in writable)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _check_open(arguments, inside, own)
        elif event in _NEVER or (event in _CHANGES and not _is_below(_target(event, arguments), own)):
            raise ForbiddenError(event)

    sys.addaudithook(hook)


def python_paths() -> list[str]:
    """Give what Python itself and the packages of this environment are read from."""
    packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    system = ["/usr/lib", "/usr/share/zoneinfo", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom"]
    return [sys.prefix, sys.base_prefix, sys.exec_prefix, *packages, *system]


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _allow(libc: Any, ruleset: int, path: str, rights: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = rights if Path(path).is_dir() else rights & ~_FOLDER_RIGHTS
        rule = struct.pack("<Qi", allowed, parent)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(parent)


def _check_open(arguments: tuple[Any, ...], inside: tuple[str, ...], own: tuple[str, ...]) -> None:
    path, mode, flags = arguments
    if isinstance(path, int):  # a descriptor that is open already
        return
    writes = any(letter in mode for letter in "wxa+") if isinstance(mode, str) else bool((flags or 0) & _WRITING)
    if not _is_below(path, own if writes else inside):
        raise ForbiddenError("open")


def _target(event: str, arguments: tuple[Any, ...]) -> Any:
    return arguments[1] if event in ("os.link", "os.rename", "os.symlink") else arguments[0]


def _is_below(path: Any, prefixes: tuple[str, ...]) -> bool:
    try:
        return os.path.abspath(os.fsdecode(path)).startswith(prefixes)  # noqa: PTH100 - runs at each file and import
    except TypeError:
        return False


def _prefix(path: str) -> str:
    whole = Path(path).absolute()
    return f"{whole}/" if whole.is_dir() else str(whole)
