"""A person's own e-mail address: changed by a link that is sent to the new one; without a mail server, not here."""

from typing import Any

from allauth.account.views import EmailVerificationSentView, EmailView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _


@method_decorator(login_required, name="dispatch")
class EmailAddresses(EmailView):  # type: ignore[misc]
    """One address, and perhaps the one that is to follow it once its owner has said so."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.SENDS_MAIL:
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return answer
        status = 200 if request.method in ("GET", "HEAD") else 403
        return render(request, "account/email_stays.html", status=status)

    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Never of an address that nobody has shown to be theirs."""
        address = self._get_email_address(request)
        if address is None or not address.verified:
            messages.error(request, _("Follow the link in the message to this address first."))
            return None
        answer: HttpResponse | None = super()._action_primary(request, *args, **kwargs)
        return answer


class ConfirmationSent(EmailVerificationSentView):  # type: ignore[misc]
    """Where no mail is sent, nothing was."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SENDS_MAIL:
            return redirect("home")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer
