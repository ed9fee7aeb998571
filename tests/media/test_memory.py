"""A large file passes through disks: the memory of a worker stays flat."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.far_end import Asked, FarEnd
from tests.fixtures import NUMBER
from tests.ocs_meta.test_environment import GOOD, ROOT

MEGABYTE = 1024 * 1024
MOST = 150
BOOK = b"%PDF-1.4\n" + os.urandom(MEGABYTE) * 99


@pytest.mark.slow
def test_a_document_of_100_mb_takes_less_than_150_mb(far_end: FarEnd, tmp_path: Path) -> None:
    def answer(asked: Asked) -> tuple[int, Any]:
        path = asked.path.partition("?")[0]
        if path == "/v25.0/8733":
            return 200, {"url": f"{far_end.url}/file", "mime_type": "application/pdf"}
        if path.endswith("/media"):
            return 200, {"id": "8800"}
        if path.endswith(f"/{NUMBER}/messages"):
            return 200, {"contacts": [], "messages": [{"id": "wamid.1"}]}
        return 200, BOOK

    far_end.otherwise = answer
    said = GOOD | {
        "DJANGO_SETTINGS_MODULE": "ocs_meta.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "MEDIA_ROOT": f"{tmp_path}/media",
        "GRAPH_API_URL": far_end.url,
        "OUTBOUND_PRIVATE_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "tests.media.passing", far_end.url]
    done = subprocess.run(command, env=said, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["came"][0]["size"] == len(BOOK)
    assert (told["sent"], told["sent_as"]) == ("accepted", "document")
    uploaded = next(asked for asked in far_end.asked if asked.path.partition("?")[0].endswith("/media"))
    assert BOOK in uploaded.body
    assert told["peak"] < MOST, told
