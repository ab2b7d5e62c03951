from briefingkit.source import loads

from .harbour import HEAD
from .harbour import found as found_in


def found(text: str) -> list[str]:
    return found_in(HEAD + text)


def refused(text: str) -> str:
    return "\n".join(map(str, loads(HEAD + text, "f").findings))


def test_a_form_without_an_address_is_found() -> None:
    assert found("registration: {fields: [name]}") == ["W601 registration.fields"]
    assert found("registration: {fields: [email]}") == []


def test_a_consent_for_ever_is_found() -> None:
    assert found("registration: {consent: {key: c, text: Agree}}") == ["W604 registration.consent"]


def test_a_question_for_a_form_that_is_not_there_is_found() -> None:
    agenda = "agenda: [{key: a, title: A, questions: [{key: q, text: Q, in_form: true}]}]\n"
    assert found(agenda) == ["W602 agenda.a.questions.q.in_form"]
    assert found(f"{agenda}registration: {{}}") == []


def test_a_choice_that_is_none_is_found() -> None:
    opening = "agenda: [{key: a, title: A, kind: opening, capacity: 3}]\n"
    workshop = "agenda: [{key: a, title: A, capacity: 3}]\n"
    choose = "registration: {choose: agenda}\n"
    assert found(workshop + choose) == []
    assert found(workshop) == ["W603 agenda.a.capacity"]
    assert found(opening + choose) == ["W603 agenda.a.capacity", "W603 registration.choose"]


def test_a_condition_that_cannot_be_met_is_refused_where_it_stands() -> None:
    questions = """\
registration:
  questions:
    - {key: a, text: A, type: yes-no, shown_if: {question: b, answers: ["yes"]}}
    - {key: b, text: B, shown_if: {question: a, answers: [perhaps]}}
"""
    said = refused(questions)
    assert "b is not asked before" in said
    assert "'perhaps' does not answer a: there are yes, no" in said
