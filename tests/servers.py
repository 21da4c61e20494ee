"""Throwaway servers for the tests: started on a private port by an unprivileged user, gone with their caller.

Standard library only, because `./dev` uses it before anything is installed.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def die_with_parent() -> None:
    """Even a killed parent leaves nothing running behind (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _missing(name: str, why: str) -> None:
    if os.environ.get(f"REQUIRE_{name.upper()}") == "1":
        sys.exit(f"dev: {name} is required but {why}")
    print(f"dev: the {name} tests are left out: {why}", flush=True)


@contextlib.contextmanager
def _throwaway(prefix: str) -> Iterator[tuple[Path, dict[str, object]]]:
    """A directory, and the unprivileged user that a server must run as when we are root."""
    place = Path(tempfile.mkdtemp(prefix=prefix))
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = names.get("postgres") or names["nobody"]
        os.chown(place, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    try:
        yield place, user
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _find_postgres() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = shutil.which("initdb") if not installed else installed[-1]
    return Path(found).resolve().parent if found else None


@contextlib.contextmanager
def postgres(**instead: str) -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the tests, empty when the machine has none.

    It may lose data with the power; ``instead`` has its own say: ``postgres(fsync="on")``.
    """
    binaries = _find_postgres()
    if binaries is None:
        _missing("postgres", "DATABASE_URL is not set and no PostgreSQL is installed")
        yield ""
        return
    with _throwaway("salesops-postgres-") as (place, user):
        port, password = free_port(), secrets.token_hex(16)
        (place / "password").write_text(password)
        if user:
            os.chown(place / "password", int(str(user["user"])), -1)
        init = [str(binaries / "initdb"), "-D", str(place / "data"), "-U", "salesops", "--no-sync"]
        init += ["-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={place / 'password'}"]
        done = subprocess.run(init, cwd=place, capture_output=True, text=True, check=False, **user)
        if done.returncode:
            sys.exit(f"initdb failed: {done.stderr}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": place,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "log_min_messages": "fatal",
            **instead,
        }
        command: list[object] = [binaries / "postgres", "-D", place / "data", "-p", port]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        with _server(command, port, place, user, signal.SIGINT):
            yield f"postgres://salesops:{password}@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The URL of a Redis that lives as long as the tests, empty when the machine has none."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        _missing("redis", "REDIS_URL is not set and no redis-server is installed")
        yield ""
        return
    with _throwaway("salesops-redis-") as (place, user):
        port, password = free_port(), secrets.token_hex(16)
        config = place / "redis.conf"
        config.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\ndir {place}\n')
        if user:
            os.chown(config, int(str(user["user"])), -1)
        with _server([binary, config], port, place, user, signal.SIGTERM):
            yield f"redis://:{password}@127.0.0.1:{port}/0"


@contextlib.contextmanager
def _server(command: list[object], port: int, place: Path, user: dict, how: int) -> Iterator[None]:
    log = (place / "log").open("wb")
    words = [str(word) for word in command]
    # A session of its own: Ctrl-C ends the tests first and the server after them.
    options = {"start_new_session": True, "preexec_fn": die_with_parent, "cwd": place, **user}
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
    try:
        deadline = time.monotonic() + 180
        while not answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{Path(str(command[0])).name} did not start: {(place / 'log').read_text()}")
            time.sleep(0.05)
        yield
    finally:
        child.send_signal(how)
        child.wait(60)
        log.close()
