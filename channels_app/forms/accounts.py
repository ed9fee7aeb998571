"""Addresses of people: one account for each, and nobody kept out by what another merely claims."""

from allauth.account.forms import AddEmailForm, SignupForm
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_app.models import User


class NewAddressForm(AddEmailForm):  # type: ignore[misc]
    """The address that is to follow a person's own."""

    def clean_email(self) -> str:
        wanted: str = super().clean_email()
        if User.objects.filter(email__iexact=wanted).exclude(pk=self.user.pk).exists():
            raise ValidationError(_("There is an account with this address already."))
        if not EmailAddress.objects.filter(user=self.user, verified=True).exists():
            raise ValidationError(_("Confirm your present address first, by the link in the message to it."))
        return wanted


class AccountForm(SignupForm):  # type: ignore[misc]
    """Whoever makes an account comes before those who named its address for theirs and have not shown it to be so."""

    def clean_email(self) -> str:
        claims = EmailAddress.objects.filter(email__iexact=self.cleaned_data["email"], verified=False, primary=False)
        claims.delete()
        wanted: str = super().clean_email()
        return wanted
