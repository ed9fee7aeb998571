"""What the demo begins with."""

import pytest

from channels_app.management import seeding
from channels_app.models import Channel
from channels_app.simulator.models import SimulatedNumber
from channels_app.simulator.rehearsal.meta import Meta

pytestmark = pytest.mark.django_db


def test_its_first_number_echoes_and_its_second_has_a_menu() -> None:
    for _ in range(2):
        seeding.seed("a password that is long")
    first, second, third = SimulatedNumber.objects.order_by("id").values_list("phone_number_id", flat=True)
    engines = dict(Channel.objects.values_list("phone_number_id", "bot__engine"))
    assert engines == {first: "echo", second: "rules"}
    assert third not in engines


def test_the_menu_leads_somewhere_and_back(meta: Meta) -> None:
    meta.configure("rules", **seeding.MENU)
    thandi = meta.person("Thandi")
    thandi.writes("Hello there")
    assert thandi.hears().choices == ("Book a visit", "Opening hours", "Where are you?")
    thandi.taps("Book a visit")
    assert thandi.hears("Which day suits you?").choices == ("Monday", "Tuesday", "Wednesday", "Thursday")
    thandi.taps("Monday")
    assert "A person will confirm" in thandi.hears().text
    thandi.taps("Back to the menu")
    thandi.hears()
    thandi.taps("Where are you?")
    assert "location" in {thandi.hears().type, *(bubble.type for bubble in thandi.heard)}
    thandi.taps("Opening hours")
    assert "Saturday" in thandi.heard[-1].text
    thandi.writes("blah")
    assert thandi.heard[-1].choices == ("Back to the menu",)
