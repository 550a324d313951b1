from gateway.extract.effort import LEAST_PLAY, Effort, Stage, longer


def test_a_guess_that_is_too_dear_is_not_made_and_said() -> None:
    effort = Effort(1.0)
    assert effort.spend(0.6) and not effort.over
    assert not effort.spend(0.6) and effort.over
    assert effort.spend(0.4), "a cheaper one may be"
    assert not effort.spend(1e-6)


def test_each_play_is_charged_even_without_a_clock() -> None:
    stage = Stage(1.0)
    stage.spend(stage.clock())
    assert stage.left == 1.0 - LEAST_PLAY
    stage.spend(0.5)
    assert stage.left == 0.5 - LEAST_PLAY
    with stage.fence(0.1):
        pass


def test_a_long_word_is_dearer() -> None:
    assert longer("") == longer("Lab2026") == 1 and longer("w" * 128) == 12.8


def test_words_that_programs_use_have_a_share_of_their_own() -> None:
    effort = Effort(left=0.2, usual=0.1)
    assert effort.spend_usual(0.1) and (effort.left, effort.over) == (0.2, False)
    assert effort.spend_usual(0.2) and not effort.spend_usual(0.1) and effort.over
