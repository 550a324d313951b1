from gateway.extract.effort import Effort


def test_a_guess_that_is_too_dear_is_not_made_and_said() -> None:
    effort = Effort(1.0)
    assert effort.spend(0.6) and not effort.over
    assert not effort.spend(0.6) and effort.over
    assert effort.spend(0.4), "a cheaper one may be"
    assert not effort.spend(1e-6)
