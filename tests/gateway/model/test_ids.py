from datetime import UTC, datetime, timedelta

from gateway.model.ids import is_message_id, new_message_id

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


def test_ids_sort_by_time_and_do_not_repeat():
    ids = [new_message_id(NOW + timedelta(milliseconds=n)) for n in range(500)]
    assert ids == sorted(ids)
    assert len({new_message_id(NOW) for _ in range(500)}) == 500


def test_an_id_is_recognised_and_nothing_else_is():
    assert is_message_id(new_message_id(NOW))
    for other in ("", "../etc/passwd", new_message_id(NOW)[:-1], new_message_id(NOW)[:-1] + "U", "é" * 24):
        assert not is_message_id(other)
