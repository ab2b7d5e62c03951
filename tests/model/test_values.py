"""What holds for every value of the model, whatever it is."""

import copy
import pickle

import attrs
import pytest
from hypothesis import given

from briefingkit import model
from briefingkit.model import Briefing, Programme, Publication
from briefingkit.testing.strategies import briefings, programmes, publications

CLASSES = [each for each in vars(model).values() if isinstance(each, type) and attrs.has(each)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: str(kind.__name__))
def test_every_class_is_frozen_and_says_what_it_is(kind: type) -> None:
    assert "__setattr__" in vars(kind)
    assert kind.__doc__
    assert not kind.__doc__.startswith("Method generated")


@given(briefings())
def test_a_briefing_is_hashed_copied_and_pickled_as_itself(briefing: Briefing) -> None:
    assert hash(copy.deepcopy(briefing)) == hash(briefing)
    assert pickle.loads(pickle.dumps(briefing)) == briefing


@given(publications())
def test_a_publication_is_hashed_copied_and_pickled_as_itself(publication: Publication) -> None:
    assert hash(copy.deepcopy(publication)) == hash(publication)
    assert pickle.loads(pickle.dumps(publication)) == publication


@given(programmes(2))
def test_a_programme_is_hashed_copied_and_pickled_as_itself(programme: Programme) -> None:
    held = dict(programme.briefings)
    again = pickle.loads(pickle.dumps(programme))
    assert hash(copy.deepcopy(programme)) == hash(programme) == hash(again)
    assert again == programme
    assert dict(again.briefings) == held


@pytest.mark.parametrize("name", ["title", "identifier", "nonsense"])
def test_nothing_of_a_briefing_can_be_set(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Briefing("a", ("en",)), name, None)
