import inspect
import pickle

import pytest

from configs import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.ColophonError)]


@pytest.mark.parametrize("kind", KINDS)
def test_error_when_it_crosses_a_process(kind: type[errors.ColophonError]) -> None:
    error = pickle.loads(pickle.dumps(kind("It broke.", where="here", hint="Mend it.")))
    assert type(error) is kind
    assert str(error) == "here: It broke. Mend it."


def test_codes_when_compared() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
