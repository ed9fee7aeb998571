"""What is installed without extras is enough to run all of it."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OURS = {"ocs_meta", "channels_app"}
ELSEWHERE = {
    Path("ocs_meta/sentry.py"): {"sentry_sdk"},  # an extra, imported where SENTRY_DSN is set
    Path("channels_app/media/keeping.py"): {"botocore"},  # comes with an extra, used where S3_BUCKET is set
    Path("channels_app/speech/audio.py"): {"av"},  # an extra: without it nothing is converted
    Path("channels_app/speech/espeak.py"): {"espeakng_loader"},  # an extra: without it nothing speaks by itself
    Path("channels_app/simulator/pytest.py"): {"pytest"},  # who names the plugin has it
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def installed_with(names: set[str]) -> set[str]:
    """Distributions that come along with these."""
    known: set[str] = set()
    waiting = {canonicalize_name(name) for name in names}
    while waiting - known:
        name = (waiting - known).pop()
        known.add(name)
        found = [Requirement(text) for text in requires(name) or []]
        waiting |= {canonicalize_name(each.name) for each in found if not each.marker or each.marker.evaluate()}
    return known


@pytest.fixture(scope="module")
def base() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return installed_with({Requirement(text).name for text in project["dependencies"]})


@pytest.mark.parametrize("package", sorted(OURS))
def test_everything_that_is_imported_is_required(package: str, base: set[str]) -> None:
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(paths) > 10
    sources = packages_distributions()
    missing = {}
    for path in paths:
        foreign = set(imported(path)) - OURS - sys.stdlib_module_names - ELSEWHERE.get(path, set())
        for name in foreign:
            if not {canonicalize_name(each) for each in sources.get(name, ())} & base:
                missing[name] = str(path)
    assert missing == {}
