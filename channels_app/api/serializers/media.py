"""Files that a team's programs upload, to be sent later."""

from typing import Any

from rest_framework import serializers

from channels_app.media import links
from channels_app.models import KeptFile


class MediaSerializer(serializers.ModelSerializer[KeptFile]):
    url = serializers.SerializerMethodField(help_text="Leads to the file, for five minutes.")

    class Meta:
        model = KeptFile
        fields = ("id", "name", "mime_type", "size", "sha256", "url", "created_at")
        read_only_fields = fields

    def get_url(self, row: KeptFile) -> str:
        return links.link(row.pk)


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()
