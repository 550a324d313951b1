from gateway.model.address import Mailbox, normalise_domain


def test_the_text_is_kept_and_the_rest_is_for_comparison():
    box = Mailbox.parse("Wang.Xiao@Bank.Example.")
    assert (box.text, box.local, box.domain, str(box)) == ("Wang.Xiao@Bank.Example.", "Wang.Xiao", "bank.example",
                                                          "Wang.Xiao@Bank.Example.")
    assert box.key == Mailbox.parse("wang.xiao@BANK.example").key


def test_an_a_label_and_its_u_label_are_one_domain():
    assert normalise_domain("XN--FIQS8S.Example") == normalise_domain("中国.example") == "中国.example"


def test_a_broken_a_label_stays_as_it_is():
    assert normalise_domain("xn--\u00e9.example") == "xn--\u00e9.example"


def test_an_address_without_a_domain():
    assert Mailbox.parse("postmaster").domain == ""


def test_a_quoted_local_part_may_hold_an_at_sign():
    assert Mailbox.parse('"a@b"@bank.example').domain == "bank.example"
