"""Icons: the tags of heroicons, each picture drawn once and kept, for a page has hundreds of them."""

from functools import lru_cache

from django import template
from heroicons.templatetags import heroicons

register = template.Library()
kept = lru_cache(maxsize=1000)

for tag in (heroicons.heroicon_micro, heroicons.heroicon_mini, heroicons.heroicon_outline, heroicons.heroicon_solid):
    register.simple_tag(kept(tag), name=tag.__name__)
