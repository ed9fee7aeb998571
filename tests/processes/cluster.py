"""A PostgreSQL of a test's own, which it may stop, fill or starve."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.processes.ground import Database
from tests.processes.stage import eventually, free_port


def _program(name: str) -> str:
    """Debian keeps the programs of each version in a folder that no PATH names."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return shutil.which(name, path=os.pathsep.join(map(str, reversed(folders)))) or shutil.which(name) or ""


INITDB, SERVER = _program("initdb"), _program("postgres")


def _account() -> str | None:
    """Whose processes these have to be: PostgreSQL refuses to be root's."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Cluster:
    """A server with a folder and a port of its own. It writes to disk when it likes: only processes die here."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._settings = [f"-c{setting}" for setting in (f"unix_socket_directories={folder}", "fsync=off", *settings)]
        self._process: subprocess.Popen[bytes] | None = None
        self._data = folder / "data"
        initdb = [INITDB, "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync", "--no-instructions"]
        subprocess.run(initdb, user=_account(), check=True, capture_output=True)

    @property
    def database(self) -> Database:
        return Database("template1", "127.0.0.1", self.port, "postgres", "")

    def start(self) -> None:
        command = [SERVER, "-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", *self._settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=_account(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        assert eventually(self._answers, 60), "postgres does not answer"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Break off whoever is connected, and end in good order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)
            self._process = None

    def crash(self) -> None:
        """kill -9 of the process that started all others: those end by themselves, and the next start recovers."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.database.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running(*settings: str, on: Path | None = None) -> Iterator[Cluster]:
    """A server that runs, with these settings, in a folder of its own or in the one given."""
    folder = Path(tempfile.mkdtemp(prefix="ocs-meta-cluster-", dir=on))
    if account := _account():
        shutil.chown(folder, account)
    try:
        cluster = Cluster(folder, *settings)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
