"""Replies of every kind, as Hypothesis makes them: many scripts, nested Markdown, odd and overlong choices."""

from hypothesis import strategies as st

from channels_app.bots.contract import Attachment, Choice, Contact, Link, Phone, Place, Reply

SCRIPTS = "abcXYZäßœприветαβγשלוםمرحباनमस्तेสวัสดี你好世界こんにちは안녕👍🏽👩‍👩‍👧🇿🇦é𐍈𐍉"  # noqa: RUF001
WORDS = st.text(SCRIPTS, min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
LONG = st.builds(lambda words, times: " ".join([words] * times), SENTENCES, st.integers(1, 400))
ENDLESS = st.builds(lambda word, times: word * times, WORDS, st.integers(1, 900))


def inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("**{}**".format, inner),
        st.builds("*{}*".format, inner),
        st.builds("~~{}~~".format, inner),
        st.builds("[{}](https://example.org/a_b)".format, inner),
        st.builds("{} {}".format, inner, inner),
        st.builds("{}\n{}".format, inner, inner),
        WORDS.map("`{}`".format),
        WORDS.map("https://example.org/{}".format),
    )


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def indented(text: str) -> str:
        return text.replace("\n", "\n  ")

    return st.one_of(
        st.builds("# {}".format, LINES),
        st.builds("{}\n\n{}".format, inner, inner),
        st.builds("{}\n{}".format, inner, inner),
        st.lists(inner.map(indented), min_size=1, max_size=4).map(lambda items: "\n".join(f"- {i}" for i in items)),
        st.lists(inner.map(indented), min_size=1, max_size=4).map(lambda items: "\n\n".join(f"1. {i}" for i in items)),
        inner.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n"))),
        st.builds("```\n{}\n```".format, LONG),
        st.builds("|{}|{}|\n|-|-|\n|{}|{}|".format, WORDS, WORDS, WORDS, WORDS),
    )


LINES = st.recursive(SENTENCES, inline, max_leaves=6)
MARKDOWN = st.recursive(st.one_of(LINES, LONG, ENDLESS), blocks, max_leaves=8)
ODD = st.text(max_size=60)
CHOICES = st.lists(
    st.builds(Choice, id=st.one_of(ODD, st.sampled_from(["yes", "x" * 300])), title=st.one_of(WORDS, SENTENCES, ODD),
              description=st.one_of(st.just(""), SENTENCES)),
    max_size=14,
).map(tuple)  # fmt: skip
CONTACTS = st.lists(
    st.builds(Contact, name=st.one_of(SENTENCES, ODD), emails=st.lists(WORDS, max_size=2).map(tuple),
              phones=st.lists(st.builds(Phone, number=WORDS), max_size=2).map(tuple)), max_size=3,
).map(tuple)  # fmt: skip
ADDRESSES = st.one_of(
    st.sampled_from(["https://example.org/a.pdf", "http://example.org/x.PNG", "https://example.org/y.mp3?z"]),
    WORDS.map("https://example.org/{}".format),
    st.integers(1900, 3900).map(lambda length: "https://example.org/".ljust(length, "a")),
    ODD,
)
PLACES = st.builds(Place, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), name=ODD, address=SENTENCES)
REPLIES = st.builds(
    Reply,
    text=st.one_of(MARKDOWN, st.just("")),
    choices=CHOICES,
    menu=st.one_of(st.just(""), SENTENCES),
    voice=st.booleans(),
    quote=st.booleans(),
    link=st.none() | st.builds(Link, url=ADDRESSES, title=st.one_of(st.just(""), SENTENCES)),
    attachment=st.none() | st.builds(Attachment, url=ADDRESSES, filename=st.one_of(st.just(""), WORDS)),
    location=st.none() | PLACES,
    contacts=CONTACTS,
    request=st.sampled_from([None, "location", "number"]),
    reaction=st.one_of(st.none(), st.just(""), st.sampled_from(["👍", "🇿🇦", "no emoji"])),
)
