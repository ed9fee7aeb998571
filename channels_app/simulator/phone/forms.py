"""What is typed beside the chat: a person, a place, a contact."""

from typing import Any

from django import forms

from channels_app.gateways.meta import numbers
from channels_app.simulator.models import SimulatedNumber


def _digits(typed: str) -> str:
    """Those of a phone number. Raises ValidationError."""
    try:
        return numbers.e164(typed).removeprefix("+")
    except ValueError as exc:
        raise forms.ValidationError(str(exc)) from exc


class PersonForm(forms.Form):
    """`is_hidden` is somebody with a username, whose number the business does not see."""

    name = forms.CharField(max_length=120)
    phone_number = forms.CharField(max_length=40, required=False)
    is_hidden = forms.BooleanField(required=False)

    def clean_phone_number(self) -> str:
        """Its digits; empty where any number will do."""
        typed = str(self.cleaned_data["phone_number"]).strip()
        if not typed:
            return ""
        digits = _digits(typed)
        if SimulatedNumber.objects.filter(digits=digits).exists():
            raise forms.ValidationError("That is a number that a bot answers, and not a person's.")
        return digits


class PlaceForm(forms.Form):
    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)
    name = forms.CharField(max_length=100, required=False)
    address = forms.CharField(max_length=200, required=False)


class CardForm(forms.Form):
    name = forms.CharField(max_length=120)
    phone_number = forms.CharField(max_length=40)

    def clean_phone_number(self) -> str:
        return _digits(str(self.cleaned_data["phone_number"]))


def complaint(form: forms.Form) -> str:
    """All that is wrong with what was typed, each with the name of its field."""
    found: list[Any] = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label or name.replace('_', ' ').capitalize()}: " if name in form.fields else ""
        found += [f"{label}{error}" for error in errors]
    return " ".join(found)
