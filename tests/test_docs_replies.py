"""The manual of replies says what is so."""

import json
import re
from pathlib import Path

import pytest

from channels_app.bots import replies

MANUAL = (Path(__file__).parent.parent / "docs" / "replies.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read(example: str) -> None:
    answer = replies.read_answer(json.loads(example))
    assert answer.replies
    assert not any(replies.is_blank(reply) for reply in answer.replies)


@pytest.mark.parametrize("field", replies.READERS)
def test_every_field_is_explained(field: str) -> None:
    assert f"`{field}`" in MANUAL or f'"{field}"' in MANUAL
