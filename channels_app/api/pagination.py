"""Pages of a list: by cursor, in the order of ids, which is the order in which things were made."""

from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class ByCursor(CursorPagination):
    """A page stays the same however many rows come after it. A cursor that nobody gave out is not found."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                UUID(str(cursor.position))
            except ValueError as exc:
                raise NotFound(self.invalid_cursor_message) from exc
        return cursor
