import smtplib

from gateway.cli.mailbox import Mailbox


def test_it_keeps_what_it_is_given():
    box = Mailbox().start()
    try:
        content = b"Subject: a\r\n\r\n.dot\r\n" + b"x" * 5000 + "名簿\r\n".encode("big5")
        with smtplib.SMTP("127.0.0.1", box.port) as client:
            client.ehlo()
            client.sendmail("", ["a@bank.example"], content, ["BODY=8BITMIME"])
        got = box.wait_for(b".dot", 60)
        assert got is not None and got.content == content and got.recipients == ("a@bank.example",) and got.reverse_path == ""
        assert got.header == b"Subject: a\r\n" and got.body.startswith(b".dot")
        assert box.wait_for(b"never", 0.01) is None and box.after(0) == [got]
    finally:
        box.stop()
