from collections.abc import Iterator

import pytest

from channels_app import errors
from channels_app.gateways.meta.verdicts import VERDICTS, problem, verdict
from channels_app.graph.errors import GraphError, NotConnected, OutcomeUnknown, Refused, TryAgain


def refusal(code: int, **members: object) -> Refused:
    return Refused.from_webhook({"code": code, "title": "No", **members})


def below(kind: type[GraphError]) -> Iterator[type[GraphError]]:
    yield kind
    for lower in kind.__subclasses__():
        yield from below(lower)


def test_every_graph_error_has_a_verdict() -> None:
    assert set(VERDICTS) == set(below(GraphError))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, errors.Throttled) for code in (4, 17, 80007, 130429, 131048, 131056, 133016)),
        *((code, errors.TryLater) for code in (1, 2, 131000, 131016, 131057, 133004)),
        (131047, errors.WindowShut),
        *((code, errors.GiveUp) for code in (131026, 131021, 131049, 131050, 130472, 130497, 131030, 131037)),
        *((code, errors.AccessLost) for code in (0, 3, 10, 102, 190, 200, 299, 368, 131005, 131031, 131042)),
        *((code, errors.AccessLost) for code in (33, 131045, 133010)),
        *((code, errors.GiveUp) for code in (132000, 132001, 132007, 132012, 132015, 132016, 132018)),
        (132005, errors.TooLong),
        *((code, errors.OurFault) for code in (100, 131008, 131009, 135000)),
        (987654, errors.GiveUp),
    ],
)
def test_a_code_asks_for_this(code: int, kind: type[errors.GatewayError]) -> None:
    assert type(verdict(refusal(code))) is kind


@pytest.mark.parametrize(
    ("code", "pair", "warning"), [(130429, False, False), (131056, True, False), (131048, False, True)]
)
def test_throttled_says_whom_it_means(code: int, pair: bool, warning: bool) -> None:
    throttled = verdict(refusal(code))
    assert isinstance(throttled, errors.Throttled)
    assert (throttled.pair, throttled.warning) == (pair, warning)


@pytest.mark.parametrize(
    ("error", "number_only"),
    [
        (refusal(33), True),
        (refusal(100, error_subcode=33), True),
        (refusal(131045), True),
        (refusal(133010), True),
        (refusal(190), False),
        (refusal(131042), False),
    ],
)
def test_access_lost_says_whether_one_number_is_meant(error: Refused, number_only: bool) -> None:
    lost = verdict(error)
    assert isinstance(lost, errors.AccessLost)
    assert lost.number_only is number_only


@pytest.mark.parametrize("words", ["require an appsecret_proof argument", "Invalid appsecret_proof provided"])
def test_a_matter_of_proof_is_one_of_access(words: str) -> None:
    assert isinstance(verdict(refusal(100, message=f"API calls: {words}")), errors.AccessLost)


@pytest.mark.parametrize(
    ("code", "template", "operator"), [(132001, True, False), (131037, False, True), (131026, False, False)]
)
def test_giving_up_says_who_can_mend_it(code: int, template: bool, operator: bool) -> None:
    given_up = verdict(refusal(code))
    assert isinstance(given_up, errors.GiveUp)
    assert (given_up.template, given_up.operator) == (template, operator)


def test_a_connection_never_made_is_tried_again_as_it_was() -> None:
    assert type(verdict(NotConnected("refused"))) is errors.TryLater


def test_an_unknown_outcome_stays_unknown() -> None:
    assert type(verdict(OutcomeUnknown("cut"))) is errors.OutcomeUnknown


def test_the_wait_that_was_asked_for_is_heeded() -> None:
    later = verdict(TryAgain(131016, retry_after=7.0))
    assert isinstance(later, errors.TryLater)
    assert later.retry_after == 7.0


def test_a_problem_says_what_it_means_and_what_to_do() -> None:
    told = problem(Refused(190, subcode=463, title="Error validating", detail="Session has expired", trace_id="AbCd"))
    assert (told.code, told.title) == (190, "The access token has expired.")
    assert told.detail == "Session has expired (code 190/463, fbtrace_id AbCd)"
    assert "system user token" in told.advice


def test_a_problem_shows_what_meta_wrote_for_people() -> None:
    told = problem(Refused(100, detail="Invalid parameter", user_title="Not so", user_message="Put words between."))
    assert told.detail == "Not so Put words between. Invalid parameter"


def test_a_problem_without_an_answer_has_no_code() -> None:
    told = problem(OutcomeUnknown("an answer that trickles", 502))
    assert (told.code, told.title, told.detail) == (0, "Meta did not answer.", "an answer that trickles (HTTP 502)")
