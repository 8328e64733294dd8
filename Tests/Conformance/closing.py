"""How a connection ends while requests are under way: the error is said, and the end comes at once,
whatever an upstream still has to say (RFC 9113 section 5.4.1)."""
from cases import case
from wire import *


def _ends(what, code, frames):
    """A case in which the frames end a connection with two requests that go on."""
    @case("closing/5.4.1", what)
    def _(c):
        c.send(settings((INITIAL_WINDOW_SIZE, 0)), c.request(),
               c.request("POST", stream=3, ends=False), frame(DATA, 0, 3, b"test"))
        c.expect_frame(SETTINGS, lambda got: got.flags & ACK)
        c.send(*frames(c))
        c.expect_connection_error(code)
        if not c.is_closed:
            c.expect_closed()


_ends("DATA of stream 0", PROTOCOL_ERROR, lambda c: [frame(DATA, 0, 0, b"test")])
_ends("HEADERS of stream 0", PROTOCOL_ERROR, lambda c: [c.request(stream=0)])
_ends("HEADERS of a stream that has ended", STREAM_CLOSED, lambda c: [c.request()])
_ends("HEADERS of an even stream", PROTOCOL_ERROR, lambda c: [c.request(stream=6)])
_ends("CONTINUATION behind no HEADERS", PROTOCOL_ERROR, lambda c: [c.continuation(c.filler())])
_ends("PRIORITY of stream 0", PROTOCOL_ERROR, lambda c: [priority(0, weight=255)])
_ends("RST_STREAM of an idle stream", PROTOCOL_ERROR, lambda c: [rst_stream(9)])
_ends("RST_STREAM of 3 bytes", FRAME_SIZE_ERROR, lambda c: [frame(RST_STREAM, 0, 3, b"\0" * 3)])
_ends("SETTINGS of a stream", PROTOCOL_ERROR, lambda c: [frame(SETTINGS, 0, 3)])
_ends("SETTINGS_INITIAL_WINDOW_SIZE above the most", FLOW_CONTROL_ERROR,
      lambda c: [settings((INITIAL_WINDOW_SIZE, 1 << 31))])
_ends("PUSH_PROMISE", PROTOCOL_ERROR,
      lambda c: [frame(PUSH_PROMISE, END_HEADERS, 3, struct.pack(">I", 4) + c.encode(c.fields()))])
_ends("PING of 6 bytes", FRAME_SIZE_ERROR, lambda c: [ping(b"\0" * 6)])
_ends("GOAWAY of a stream", PROTOCOL_ERROR, lambda c: [goaway(stream=3)])
_ends("WINDOW_UPDATE by 0", PROTOCOL_ERROR, lambda c: [window_update(0, 0)])
_ends("windows of more than 2^31-1", FLOW_CONTROL_ERROR,
      lambda c: [window_update(0, (1 << 31) - 1)] * 2)
_ends("a field block that cannot be read", COMPRESSION_ERROR,
      lambda c: [c.headers(b"\xfe", stream=5)])
_ends("a frame above SETTINGS_MAX_FRAME_SIZE", FRAME_SIZE_ERROR,
      lambda c: [c.headers(c.encode(c.fields()) + c.filler(5), stream=5)])
_ends("a field block that another frame is in", PROTOCOL_ERROR,
      lambda c: [c.headers(c.encode(c.fields()), stream=5, ends_headers=False), ping()])
