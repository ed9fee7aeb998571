"""Icons are drawn once, each as its library draws it."""

import pytest
from django.template import engines
from heroicons.templatetags import heroicons


def drawn(tag: str) -> str:
    template = engines["django"].from_string(f"{{% load heroicons %}}{{% {tag} %}}")
    return str(template.render())


@pytest.mark.parametrize("style", ["micro", "mini", "outline", "solid"])
def test_icons_are_those_of_the_library(style: str) -> None:
    tag = f"heroicon_{style}"
    for _ in range(2):
        assert drawn(f'{tag} "key" size=18 class="shrink-0"') == getattr(heroicons, tag)(
            "key", size=18, **{"class": "shrink-0"}
        )
        assert drawn(f'{tag} "key"') == getattr(heroicons, tag)("key")


def test_what_is_said_of_an_icon_tells_it_from_others() -> None:
    tags = ['"key"', '"check"', '"key" size=20', '"key" class="a"', '"key" class="b"']
    assert len({drawn(f"heroicon_outline {each}") for each in tags}) == len(tags)
