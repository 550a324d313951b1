import pytest
from dnslib import QTYPE, RR, TXT
from dnslib.server import DNSServer

from gateway.auth.resolver import NoResolver, Resolver, TemporaryFailure


class Zone:
    asked = 0

    def resolve(self, request, handler):
        self.asked += 1
        reply = request.reply()
        name = str(request.q.qname)
        if name.startswith("key."):
            reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT([b"a" * 200, b"b" * 10]), ttl=60))
        elif name.startswith("none."):
            reply.header.rcode = 3
        elif name.startswith("broken."):
            reply.header.rcode = 2
        return reply


@pytest.fixture
def zone():
    resolver = Zone()
    server = DNSServer(resolver, address="127.0.0.1", port=0)
    server.start_thread()
    resolver.port = server.server.server_address[1]
    yield resolver
    server.stop()
    server.server.server_close()


async def test_records_are_joined_and_cached(zone):
    resolver = Resolver([("127.0.0.1", zone.port)], 2)
    assert await resolver.text("key.example") == [b"a" * 200 + b"b" * 10]
    assert await resolver.text("key.example") == [b"a" * 200 + b"b" * 10]
    assert zone.asked == 1


async def test_no_such_name_is_an_answer_and_a_failure_is_none(zone):
    resolver = Resolver([("127.0.0.1", zone.port)], 1)
    assert await resolver.text("none.example") == [] and await resolver.text("empty.example") == []
    assert await resolver.text("a" * 64 + ".example") == [] and await resolver.text("a..example") == []
    with pytest.raises(TemporaryFailure):
        await resolver.text("broken.example")


async def test_a_silent_server_is_given_up_in_time():
    with pytest.raises(TemporaryFailure):
        await Resolver([("127.0.0.1", 9)], 0.3).text("key.example")
    with pytest.raises(TemporaryFailure):
        await NoResolver().text("key.example")
