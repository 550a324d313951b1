from gateway.model.reply import Reply


def test_a_reply_prints_as_it_goes_on_the_wire():
    assert str(Reply(250, "2.0.0", "Ok")) == "250 2.0.0 Ok"
    assert str(Reply(354, "", "End with a dot")) == "354 End with a dot"


def test_what_kind_of_reply_it_is():
    assert Reply(354, "", "").positive and not Reply(451, "4.3.0", "").positive
    assert Reply(451, "4.3.0", "").temporary and not Reply(550, "5.7.1", "").temporary
