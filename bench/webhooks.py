"""What `web` takes in: signed webhooks over the wire, each committed before it is acknowledged."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import ground

KINDS = (("text", 4000), ("status", 4000), ("batch:10", 600), ("batch-status:100", 300))
HERE = Path(__file__).parent


def load(url: str, kind: str, requests: int) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "webhook_load.py"), "--url", url, "--app-secret", ground.APP_SECRET]
    command += ["--phone-number-id", ground.NUMBER, "--kind", kind, "--requests", str(requests)]
    command += ["--concurrency", "8", "--warmup", str(requests // 10)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind}: {done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    with ground.prepared(), tempfile.TemporaryDirectory() as folder, ground.web(Path(folder)) as url:
        print(f"{'kind':>18} {'POST/s':>8} {'p50 ms':>8} {'p99 ms':>8}")
        for kind, requests in KINDS:
            found = load(url, kind, requests)
            print(f"{kind:>18} {found['requests_per_s']:>8.0f} {found['p50_ms']:>8.2f} {found['p99_ms']:>8.2f}")


if __name__ == "__main__":
    main()
