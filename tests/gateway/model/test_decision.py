from gateway.model.decision import Disposition


def test_dispositions_join_by_their_maximum():
    assert max(Disposition.ANNOTATE, Disposition.HOLD, Disposition.DELIVER) is Disposition.HOLD
    assert [d.word for d in sorted(Disposition)] == ["deliver", "annotate", "strip", "hold", "quarantine", "reject", "defer"]
