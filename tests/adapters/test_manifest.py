"""What a manifest says of an adapter beside its base."""

from core.adapters.manifest import Beside, beside


def test_a_measure_stands_beside_that_of_the_base() -> None:
    measures = {"exact match, base": 0.1, "exact match": 0.4, "held-out loss": 0.7, "seconds, base": 1.5}
    assert beside(measures) == [
        Beside("exact match", 0.1, 0.4),
        Beside("held-out loss", None, 0.7),
        Beside("seconds", 1.5, None),
    ]
    assert beside({}) == []
