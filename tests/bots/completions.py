"""What a server that speaks OpenAI's API answers."""

import json
from typing import Any

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def completion(text: str | None = "Hello!", *, finish: str = "stop", **message: Any) -> tuple[int, Any]:
    said = {"role": "assistant", "content": text, **message}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    details = {"completion_tokens_details": {"reasoning_tokens": 0}}
    return 200, {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice], "usage": {**USAGE, **details}}


def calling(name: str, arguments: Any, text: str | None = None) -> tuple[int, Any]:
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": written}}
    return completion(text, finish="tool_calls", tool_calls=[call])


def refusal(status: int, message: str = "no", code: str | None = None) -> tuple[int, Any]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
