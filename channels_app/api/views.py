"""The API of a team: what its programs may see and change."""

from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from channels_app import ringing, settling
from channels_app.api import refusals, serializers, writing_to
from channels_app.api.filters import ConversationFilter, MessageFilter
from channels_app.api.pagination import ByCursor
from channels_app.api.refusals import Away
from channels_app.api.schema import Schema
from channels_app.api.serializers.base import actor_of, team_of
from channels_app.api.throttling import KeyThrottle
from channels_app.api.wire import AlwaysJSON, StreamedForm, StrictJSON
from channels_app.errors import GatewayError, WindowShut
from channels_app.gateways.base import Check
from channels_app.media import keeping
from channels_app.models import AiProvider, Bot, Channel, Conversation, KeptFile, Message, Provider
from channels_app.outbound import blocklist
from channels_app.outbound.once import Reused, once
from channels_app.teams.access import TeamKeyAuthentication, TeamPermission

log = structlog.get_logger(__name__)

LONGEST_KEY = 255
REUSED = "This Idempotency-Key was used with another body. Take a new key for a new message."


class TeamViewSet(GenericViewSet[Any]):
    """The rows of the team whose key was shown, and no others."""

    authentication_classes = [TeamKeyAuthentication]
    permission_classes = [TeamPermission]
    throttle_classes = [KeyThrottle]
    parser_classes = [StrictJSON]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON
    pagination_class = ByCursor
    filter_backends = []
    metadata_class = None
    schema = Schema()
    lookup_value_converter = "uuid"
    http_method_names = ["get", "post", "patch", "delete", "head"]

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.for_team(team_of(self.request))

    def get_exception_handler(self) -> Any:
        return refusals.answer


class Kept(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    TeamViewSet,
):
    """What a team keeps, and may change."""


@extend_schema(tags=["Messaging providers"])
class Providers(Kept):
    queryset = Provider.objects.filter(deleted_at=None)
    serializer_class = serializers.ProviderSerializer

    def perform_destroy(self, instance: Provider) -> None:
        settling.delete_provider(instance, actor_of(self.request))

    @extend_schema(request=None, responses=serializers.AccessSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask Meta, now, about everything that has to be right."""
        lines = settling.check_access(self.get_object())
        return self._told(lines)

    @extend_schema(request=serializers.RemedySerializer, responses=serializers.AccessSerializer)
    @action(detail=True, methods=["post"])
    def mend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Do at Meta what a check found missing, and check again: the `remedy` that stands beside a line of it."""
        provider = self.get_object()
        asked = serializers.RemedySerializer(data=request.data, context={"provider": provider})
        asked.is_valid(raise_exception=True)
        try:
            return self._told(settling.mend(provider, asked.validated_data["wanted"], actor_of(request)))
        except GatewayError as exc:
            raise refusals.by_meta(exc) from exc

    def _told(self, lines: list[Check]) -> Response:
        ok = all(line.status != "error" for line in lines)
        return Response(serializers.AccessSerializer({"ok": ok, "checks": lines}).data)


@extend_schema(tags=["AI providers"])
class AiProviders(Kept):
    queryset = AiProvider.objects.filter(deleted_at=None)
    serializer_class = serializers.AiProviderSerializer

    def perform_destroy(self, instance: AiProvider) -> None:
        settling.delete_ai_provider(instance, actor_of(self.request))


@extend_schema(tags=["Chatbots"])
class Chatbots(Kept):
    queryset = Bot.objects.filter(deleted_at=None)
    serializer_class = serializers.ChatbotSerializer

    def perform_destroy(self, instance: Bot) -> None:
        settling.delete_bot(instance, actor_of(self.request))


@extend_schema(tags=["Channels"])
class Channels(Kept):
    queryset = Channel.objects.filter(deleted_at=None).select_related("provider", "bot")
    serializer_class = serializers.ChannelSerializer

    def perform_destroy(self, instance: Channel) -> None:
        settling.delete_channel(instance, actor_of(self.request))


@extend_schema(tags=["Conversations"])
@extend_schema_view(list=extend_schema(parameters=[ConversationFilter]))
class Conversations(mixins.RetrieveModelMixin, mixins.ListModelMixin, TeamViewSet):
    queryset = Conversation.objects.select_related("participant", "channel__provider")
    serializer_class = serializers.ConversationSerializer

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        asked = ConversationFilter(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(queryset, team_of(self.request))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def block(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Have Meta block this person at this number: what they write does not arrive any more."""
        return self._at_meta(blocklist.block)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def unblock(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let this person be heard again."""
        return self._at_meta(blocklist.unblock)

    def _at_meta(self, change: Callable[[Conversation], None]) -> Response:
        conversation = self.get_object()
        try:
            change(conversation)
        except WindowShut as exc:
            raise ValidationError(
                {"detail": ["Only somebody who wrote within the last 24 hours can be blocked."]}
            ) from exc
        except GatewayError as exc:
            raise refusals.by_meta(exc) from exc
        return Response(self.get_serializer(conversation).data)


@extend_schema(tags=["Messages"])
@extend_schema_view(list=extend_schema(parameters=[MessageFilter]))
class Messages(mixins.RetrieveModelMixin, mixins.ListModelMixin, TeamViewSet):
    queryset = Message.objects.defer("content")
    serializer_class = serializers.MessageSerializer

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        asked = MessageFilter(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(queryset, team_of(self.request))

    @extend_schema(
        request=serializers.SendingSerializer,
        parameters=[
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Good for 24 hours.")
        ],
        responses={202: OpenApiResponse(serializers.MessageSerializer, "The first message of it.")},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send without being asked."""
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise ValidationError({"Idempotency-Key": [f"A key has at most {LONGEST_KEY} characters, printable ones."]})
        try:
            message = once(team_of(request), key, request.data, self._write) if key else self._write()
        except Reused as exc:
            raise refusals.Conflict(REUSED) from exc
        ringing.ring_work()
        return Response(self.get_serializer(message).data, status=status.HTTP_202_ACCEPTED)

    def _write(self) -> Message:
        asked = serializers.SendingSerializer(data=self.request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        wish = asked.validated_data
        try:
            return writing_to.write(wish["channel"], wish["to"], wish["reply"])
        except writing_to.NothingToReactTo as exc:
            raise ValidationError({"reaction": ["They have not written yet: there is nothing to react to."]}) from exc
        except writing_to.NothingToSay as exc:
            raise ValidationError({"text": [serializers.NOTHING]}) from exc


@extend_schema(tags=["Media"])
class Media(mixins.RetrieveModelMixin, TeamViewSet):
    """Files to be sent: `{"attachment": {"media": id}}`."""

    queryset = KeptFile.objects.all()
    serializer_class = serializers.MediaSerializer
    parser_classes = [StreamedForm]

    @extend_schema(
        request={"multipart/form-data": serializers.UploadSerializer},
        responses={201: serializers.MediaSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a file of up to 100 MB."""
        asked = serializers.UploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        try:
            row = keeping.keep(team_of(request).pk, file, name=file.name or "", told=file.content_type or "")
        except OSError as exc:
            log.error("file_not_kept", team=str(team_of(request).pk), error=type(exc).__name__)
            raise Away("The storage of this server does not take the file. Try again in a little while.") from exc
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


@csrf_exempt
def unknown(request: HttpRequest, **kwargs: Any) -> JsonResponse:
    """What is at no address of the API."""
    return JsonResponse({"detail": "There is nothing at this address."}, status=404)
