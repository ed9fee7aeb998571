"""Brokers that a test may stop: a Redis and a RabbitMQ of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import amqp
import redis

from tests.processes.stage import eventually, free_port

REDIS_SERVER = shutil.which("redis-server") or ""
RABBITMQ_SERVER = shutil.which("rabbitmq-server", path="/usr/lib/rabbitmq/bin:/opt/rabbitmq/sbin") or ""


class Broker(Protocol):
    """A broker on a port of its own, that a test may do anything to."""

    def environment(self) -> dict[str, str]: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def freeze(self) -> None: ...
    def thaw(self) -> None: ...
    def flush(self) -> None: ...


class Server:
    """A process, with all that it starts, that can be stopped and frozen."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        with (self._folder / f"{Path(command[0]).name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """kill -9: it keeps nothing but what it has on disk."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections still, and answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)


class OwnRedis(Server):
    """A redis-server that keeps nothing when it stops."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": self.url}

    def start(self) -> None:
        listening = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        self.run([REDIS_SERVER, *listening, "--save", "", "--appendonly", "no"])
        assert eventually(self._answers, 60), "redis-server does not answer"

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as server:
            server.flushall()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as server, suppress(redis.ConnectionError):
            return bool(server.ping())
        return False


class OwnRabbit(Server):
    """A rabbitmq-server with its own folder, name and port mapper. Redis stays for the buckets."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "no_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, and stays in the foreground
            "ERL_EPMD_PORT": str(free_port()),
        }

    def environment(self) -> dict[str, str]:
        return {"CELERY_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.port}//"}

    def start(self) -> None:
        self.run([RABBITMQ_SERVER], self._environment)
        assert eventually(self._answers, 120, pause=0.5), "rabbitmq-server does not answer"

    def end(self) -> None:
        """Stop, and take away what every Erlang leaves running."""
        self.stop()
        subprocess.run(["epmd", "-kill"], env=self._environment, capture_output=True, check=False)

    def flush(self) -> None:
        for queue in ("celery", "bells"):
            with self._connected() as connection, suppress(amqp.exceptions.NotFound):
                connection.channel().queue_purge(queue)

    def _connected(self) -> amqp.Connection:
        return amqp.Connection(f"127.0.0.1:{self.port}", "guest", "guest", connect_timeout=5)

    def _answers(self) -> bool:
        with suppress(OSError, amqp.exceptions.AMQPError), self._connected() as connection:
            return bool(connection.connected)
        return False
