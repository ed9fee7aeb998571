"""Ledgers: what happened is shown, searched, and never edited."""

import json

from django.utils.html import format_html


class ReadOnly:
    """Nothing is added, changed or deleted by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_release_permission(self, request):
        """Whether one may have what is held or unread go on."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


def as_written(value):
    """JSON laid out to be read; anything else as it is."""
    if value is None:
        return "-"
    if isinstance(value, bytes | memoryview):
        try:
            value = json.loads(bytes(value))
        except (ValueError, RecursionError):
            value = bytes(value).decode("utf-8", "replace")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    text = text.encode("utf-8", "replace").decode()
    return format_html('<pre style="white-space: pre-wrap">{}</pre>', text)
