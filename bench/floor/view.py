"""The one view of the floor, and its URL conf."""

import hmac
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.meta.bodies import APP_SECRET

PATH = "/floor/"
SECRET = APP_SECRET.encode()


def receive(request: HttpRequest) -> HttpResponse:
    expected = "sha256=" + hmac.new(SECRET, request.body, sha256).hexdigest()
    given = request.headers.get("X-Hub-Signature-256", "")
    status = 200 if hmac.compare_digest(expected, given) else 403
    return HttpResponse(status=status, headers={"Content-Length": "0"})  # else gunicorn answers in chunks


urlpatterns = [path("floor/", receive)]
