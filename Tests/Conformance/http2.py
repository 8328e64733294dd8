"""What a server must not take, and with which error it has to answer (RFC 9113, RFC 7540)."""
from cases import case
from wire import *


def _connection_error(section, what, code, frames, *others):
    """A case in which the frames have to end the connection."""
    @case(section, what)
    def _(c):
        c.send(*frames(c))
        c.expect_connection_error(code, *others)


def _stream_error(section, what, code, frames, *others):
    """A case in which the frames have to end stream 1 at least."""
    @case(section, what)
    def _(c):
        c.send(*frames(c))
        c.expect_stream_error(code, *others)


def _accepted(section, what, frames):
    @case(section, what)
    def _(c):
        c.send(*frames(c))
        c.expect_alive()


# Connection preface (RFC 9113 section 3.4)

@case("http2/3.5", "a client's connection preface", shakes_hands=False)
def _(c):
    c.send(PREFACE, settings((INITIAL_WINDOW_SIZE, 65535)))
    c.expect_frame(SETTINGS, lambda got: not got.flags & ACK)


@case("http2/3.5", "an invalid connection preface", shakes_hands=False)
def _(c):
    c.send(b"INVALID CONNECTION PREFACE\r\n\r\n")
    seen = []
    while (got := c.read()) is not None:
        seen.append(str(got))
    # A whole frame may come before the end; any other text is none.
    if not c.is_closed or c.received:
        raise Failed(f"the end of the connection, not {c.received[:60]!r} {seen}")


# Frames (section 4)

_accepted("http2/4.1", "a frame of an unknown type", lambda c: [frame(0x16, 0, 0, b"\0" * 8)])
_accepted("http2/4.1", "a frame with an unknown flag", lambda c: [ping(flags=0x16)])
_accepted("http2/4.1", "a frame with the reserved bit", lambda c: [
    frame(PING, 0, 1 << 31, b"\0" * 8)])


@case("http2/4.2", "DATA of 2^14 bytes")
def _(c):
    c.send(c.request("POST", ends=False), frame(DATA, END_STREAM, 1, b"x" * 16384))
    c.expect_headers()


_stream_error("http2/4.2", "DATA of more than SETTINGS_MAX_FRAME_SIZE", FRAME_SIZE_ERROR,
              lambda c: [c.request("POST", ends=False),
                         frame(DATA, END_STREAM, 1, b"x" * 16385)])
_connection_error("http2/4.2", "HEADERS of more than SETTINGS_MAX_FRAME_SIZE", FRAME_SIZE_ERROR,
                  lambda c: [c.headers(c.encode(c.fields()) + c.filler(5))])

_connection_error("http2/4.3", "a field block that is none", COMPRESSION_ERROR, lambda c: [
    # A literal whose name's length is longer than the frame.
    c.headers(b"\x00\x7f\xff\xff\xff\xff\xff\xff")])
_connection_error("http2/4.3", "PRIORITY within a field block", PROTOCOL_ERROR, lambda c: [
    c.headers(c.encode(c.fields()), ends_headers=False), priority(1, weight=255),
    c.continuation(c.filler())])
_connection_error("http2/4.3", "HEADERS of another stream within a field block", PROTOCOL_ERROR,
                  lambda c: [c.headers(c.encode(c.fields()), ends_headers=False),
                             c.request(stream=3)])

# Stream states (section 5.1)

_connection_error("http2/5.1", "idle: DATA", PROTOCOL_ERROR,
                  lambda c: [frame(DATA, END_STREAM, 1, b"test")])
_connection_error("http2/5.1", "idle: RST_STREAM", PROTOCOL_ERROR, lambda c: [rst_stream(1)])
_connection_error("http2/5.1", "idle: WINDOW_UPDATE", PROTOCOL_ERROR,
                  lambda c: [window_update(1, 100)])
_connection_error("http2/5.1", "idle: CONTINUATION", PROTOCOL_ERROR,
                  lambda c: [c.continuation(c.encode(c.fields()))])

_stream_error("http2/5.1", "half-closed (remote): DATA", STREAM_CLOSED,
              lambda c: [c.request(), frame(DATA, END_STREAM, 1, b"test")])
_stream_error("http2/5.1", "half-closed (remote): HEADERS", STREAM_CLOSED,
              lambda c: [c.request(), c.request()])
_stream_error("http2/5.1", "half-closed (remote): CONTINUATION", STREAM_CLOSED,
              lambda c: [c.request(), c.continuation(c.encode(c.fields()))], PROTOCOL_ERROR)

_stream_error("http2/5.1", "closed by RST_STREAM: DATA", STREAM_CLOSED, lambda c: [
    c.request(ends=False), rst_stream(1), frame(DATA, END_STREAM, 1, b"test")])
_stream_error("http2/5.1", "closed by RST_STREAM: HEADERS", STREAM_CLOSED, lambda c: [
    c.request(ends=False), rst_stream(1), c.request()])
_stream_error("http2/5.1", "closed by RST_STREAM: CONTINUATION", STREAM_CLOSED, lambda c: [
    c.request(ends=False), rst_stream(1), c.continuation(c.filler())], PROTOCOL_ERROR)


@case("http2/5.1", "closed: DATA")
def _(c):
    c.send(c.request())
    c.expect_end_of_stream()
    c.send(frame(DATA, END_STREAM, 1, b"test"))
    c.expect_stream_error(STREAM_CLOSED)


@case("http2/5.1", "closed: HEADERS")
def _(c):
    request = c.request()
    c.send(request)
    c.expect_end_of_stream()
    c.send(request)
    c.expect_connection_error(STREAM_CLOSED)


@case("http2/5.1", "closed: CONTINUATION")
def _(c):
    c.send(c.request())
    c.expect_end_of_stream()
    c.send(c.continuation(c.filler()))
    c.expect_connection_error(STREAM_CLOSED, PROTOCOL_ERROR)


_connection_error("http2/5.1.1", "a stream of an even number", PROTOCOL_ERROR,
                  lambda c: [c.request(stream=2)])
_connection_error("http2/5.1.1", "a stream of a number below the last", PROTOCOL_ERROR,
                  lambda c: [c.request(stream=5), c.request(stream=3)])
_stream_error("http2/5.1.1", "a number that is half-closed (remote)", STREAM_CLOSED,
              lambda c: [c.request(stream=5), c.request(stream=5)])


@case("http2/5.1.2", "more streams than SETTINGS_MAX_CONCURRENT_STREAMS")
def _(c):
    limit = c.settings.get(MAX_CONCURRENT_STREAMS)
    if limit is None:
        raise Skipped("the server sets no limit")
    c.send(settings((INITIAL_WINDOW_SIZE, 0)))
    block = c.encode(c.fields())
    c.send(*[c.headers(block, stream=1 + 2 * number) for number in range(limit + 1)])
    c.expect_stream_error(PROTOCOL_ERROR, REFUSED_STREAM)


_stream_error("http2/5.3.1", "HEADERS of a stream that depends on itself", PROTOCOL_ERROR,
              lambda c: [c.headers(priority_fields(1, 255) + c.encode(c.fields()),
                                   flags=WITH_PRIORITY)])
_stream_error("http2/5.3.1", "PRIORITY of a stream that depends on itself", PROTOCOL_ERROR,
              lambda c: [priority(2, depends_on=2, weight=255)])

# Errors (section 5.4) and extensions (section 5.5)

@case("http2/5.4.1", "an error ends the connection")
def _(c):
    c.send(frame(PING, 0, 3, b"\0" * 8))
    c.expect_closed()


_connection_error("http2/5.4.1", "an error is said with GOAWAY", PROTOCOL_ERROR,
                  lambda c: [frame(PING, 0, 3, b"\0" * 8)])
_accepted("http2/5.5", "a frame of an extension", lambda c: [frame(0x16, 0, 0, b"\0" * 8)])
_connection_error("http2/5.5", "a frame of an extension within a field block", PROTOCOL_ERROR,
                  lambda c: [c.headers(c.encode(c.fields()), ends_headers=False),
                             frame(0x16, 0, 0, b"\0" * 8)])

# Frame definitions (section 6)

_connection_error("http2/6.1", "DATA of stream 0", PROTOCOL_ERROR,
                  lambda c: [frame(DATA, END_STREAM, 0, b"test")])
_stream_error("http2/6.1", "DATA of a stream that is not open", STREAM_CLOSED,
              lambda c: [c.request(), frame(DATA, END_STREAM, 1, b"test")])
_connection_error("http2/6.1", "DATA with more padding than content", PROTOCOL_ERROR, lambda c: [
    c.request("POST", ends=False), frame(DATA, END_STREAM | PADDED, 1, b"\x06Test")])

_connection_error("http2/6.2", "PRIORITY behind HEADERS without END_HEADERS", PROTOCOL_ERROR,
                  lambda c: [c.headers(c.encode(c.fields()), ends_headers=False),
                             priority(1, weight=255)])
_connection_error("http2/6.2", "another stream's HEADERS behind such ones", PROTOCOL_ERROR,
                  lambda c: [c.headers(c.encode(c.fields()), ends_headers=False),
                             c.request(stream=3)])
_connection_error("http2/6.2", "HEADERS of stream 0", PROTOCOL_ERROR,
                  lambda c: [c.request(stream=0)])
_connection_error("http2/6.2", "HEADERS with more padding than content", PROTOCOL_ERROR,
                  lambda c: [(lambda block: c.headers(
                      bytes([len(block) + 2]) + block, flags=PADDED))(c.encode(c.fields()))])

_connection_error("http2/6.3", "PRIORITY of stream 0", PROTOCOL_ERROR,
                  lambda c: [priority(0, weight=255)])
_stream_error("http2/6.3", "PRIORITY of 4 bytes", FRAME_SIZE_ERROR,
              lambda c: [frame(PRIORITY, 0, 1, b"\x80\0\0\1")])

_connection_error("http2/6.4", "RST_STREAM of stream 0", PROTOCOL_ERROR,
                  lambda c: [rst_stream(0)])
_connection_error("http2/6.4", "RST_STREAM of an idle stream", PROTOCOL_ERROR,
                  lambda c: [rst_stream(1)])
_connection_error("http2/6.4", "RST_STREAM of 3 bytes", FRAME_SIZE_ERROR,
                  lambda c: [c.request(ends=False), frame(RST_STREAM, 0, 1, b"\0" * 3)])

_connection_error("http2/6.5", "SETTINGS with ACK and content", FRAME_SIZE_ERROR,
                  lambda c: [frame(SETTINGS, ACK, 0, b"\0")])
_connection_error("http2/6.5", "SETTINGS of a stream", PROTOCOL_ERROR,
                  lambda c: [frame(SETTINGS, 0, 1, b"\0\3\0\0\0\x64")])
_connection_error("http2/6.5", "SETTINGS of 3 bytes", FRAME_SIZE_ERROR,
                  lambda c: [frame(SETTINGS, 0, 0, b"\0\3\0")])

_connection_error("http2/6.5.2", "SETTINGS_ENABLE_PUSH of 2", PROTOCOL_ERROR,
                  lambda c: [settings((ENABLE_PUSH, 2))])
_connection_error("http2/6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE of 2^31", FLOW_CONTROL_ERROR,
                  lambda c: [settings((INITIAL_WINDOW_SIZE, 1 << 31))])
_connection_error("http2/6.5.2", "SETTINGS_MAX_FRAME_SIZE of less than 2^14", PROTOCOL_ERROR,
                  lambda c: [settings((MAX_FRAME_SIZE, 16383))])
_connection_error("http2/6.5.2", "SETTINGS_MAX_FRAME_SIZE of 2^24", PROTOCOL_ERROR,
                  lambda c: [settings((MAX_FRAME_SIZE, 1 << 24))])
_accepted("http2/6.5.2", "an unknown setting", lambda c: [settings((0xFF, 1))])


def _needs_content(c, count):
    if c.target.content_bytes < count:
        raise Skipped(f"the answer to GET / has less than {count} bytes")


@case("http2/6.5.3", "SETTINGS with two values of SETTINGS_INITIAL_WINDOW_SIZE")
def _(c):
    _needs_content(c, 1)
    c.send(settings((INITIAL_WINDOW_SIZE, 100), (INITIAL_WINDOW_SIZE, 1)))
    c.expect_frame(SETTINGS)
    c.send(c.request())
    c.expect_data(1)


@case("http2/6.5.3", "SETTINGS are acknowledged")
def _(c):
    c.send(settings((ENABLE_PUSH, 0)))
    c.expect_frame(SETTINGS, lambda got: got.flags & ACK)


@case("http2/6.7", "PING is answered")
def _(c):
    c.send(ping(b"h2test\0\0"))
    c.expect_pong(b"h2test\0\0")


@case("http2/6.7", "PING with ACK is not answered")
def _(c):
    c.send(ping(b"unasked\0", ACK), ping(b"h2test\0\0"))
    c.expect_frame(PING, lambda got: got.payload == b"h2test\0\0")


_connection_error("http2/6.7", "PING of a stream", PROTOCOL_ERROR,
                  lambda c: [frame(PING, 0, 1, b"\0" * 8)])
_connection_error("http2/6.7", "PING of 6 bytes", FRAME_SIZE_ERROR,
                  lambda c: [ping(b"\0" * 6)])
_connection_error("http2/6.8", "GOAWAY of a stream", PROTOCOL_ERROR,
                  lambda c: [goaway(stream=1)])

_connection_error("http2/6.9", "WINDOW_UPDATE of the connection by 0", PROTOCOL_ERROR,
                  lambda c: [window_update(0, 0)])
_stream_error("http2/6.9", "WINDOW_UPDATE of a stream by 0", PROTOCOL_ERROR,
              lambda c: [c.request("POST", ends=False), window_update(1, 0)])
_connection_error("http2/6.9", "WINDOW_UPDATE of 3 bytes", FRAME_SIZE_ERROR,
                  lambda c: [frame(WINDOW_UPDATE, 0, 0, b"\0\0\1")])


@case("http2/6.9.1", "a window of 1 gets one byte")
def _(c):
    _needs_content(c, 1)
    c.send(settings((INITIAL_WINDOW_SIZE, 1)))
    c.expect_frame(SETTINGS, lambda got: got.flags & ACK)
    c.send(c.request())
    c.expect_data(1)


@case("http2/6.9.1", "a connection's window of more than 2^31-1")
def _(c):
    c.send(window_update(0, (1 << 31) - 1), window_update(0, (1 << 31) - 1))
    c.expect_frame(GOAWAY, lambda got: got.code == FLOW_CONTROL_ERROR)


@case("http2/6.9.1", "a stream's window of more than 2^31-1")
def _(c):
    c.send(c.request(ends=False), window_update(1, (1 << 31) - 1),
           window_update(1, (1 << 31) - 1))
    c.expect_frame(RST_STREAM, lambda got: got.stream == 1 and got.code == FLOW_CONTROL_ERROR)


@case("http2/6.9.2", "SETTINGS_INITIAL_WINDOW_SIZE changes the windows that there are")
def _(c):
    _needs_content(c, 1)
    c.send(settings((INITIAL_WINDOW_SIZE, 0)))
    c.expect_frame(SETTINGS)
    c.send(c.request(), settings((INITIAL_WINDOW_SIZE, 1)))
    c.expect_frame(SETTINGS)
    c.expect_data(1)


@case("http2/6.9.2", "a window may become negative")
def _(c):
    _needs_content(c, 5)
    c.send(settings((INITIAL_WINDOW_SIZE, 3)))
    c.expect_frame(SETTINGS)
    c.send(c.request())
    c.expect_frame(DATA)
    c.send(settings((INITIAL_WINDOW_SIZE, 2)))
    c.expect_frame(SETTINGS)
    c.send(window_update(1, 2))
    c.expect_data(1)


_connection_error("http2/6.9.2", "SETTINGS_INITIAL_WINDOW_SIZE above the most",
                  FLOW_CONTROL_ERROR, lambda c: [settings((INITIAL_WINDOW_SIZE, 1 << 31))])


@case("http2/6.10", "several CONTINUATION behind HEADERS")
def _(c):
    c.send(c.headers(c.encode(c.fields()), ends_headers=False),
           c.continuation(c.filler(), ends_headers=False), c.continuation(c.filler()))
    c.expect_headers()


def _begun(c, *rest):
    """HEADERS that go on, and what follows them."""
    return [c.headers(c.encode(c.fields("POST")), ends=False, ends_headers=False), *rest]


_connection_error("http2/6.10", "CONTINUATION followed by another frame", PROTOCOL_ERROR,
                  lambda c: _begun(c, c.continuation(c.filler(), ends_headers=False),
                                   frame(DATA, END_STREAM, 1, b"test")))
_connection_error("http2/6.10", "CONTINUATION of stream 0", PROTOCOL_ERROR,
                  lambda c: _begun(c, c.continuation(c.filler(), stream=0)))
_connection_error("http2/6.10", "CONTINUATION behind HEADERS with END_HEADERS", PROTOCOL_ERROR,
                  lambda c: [c.request(), c.continuation(c.filler())])
_connection_error("http2/6.10", "CONTINUATION behind one with END_HEADERS", PROTOCOL_ERROR,
                  lambda c: _begun(c, c.continuation(c.filler()), c.continuation(c.filler())))
_connection_error("http2/6.10", "CONTINUATION behind DATA", PROTOCOL_ERROR,
                  lambda c: _begun(c, frame(DATA, END_STREAM, 1, b"test"),
                                   c.continuation(c.filler(), ends_headers=False),
                                   c.continuation(c.filler(), stream=0)))

# Error codes (section 7)

@case("http2/7", "GOAWAY with an unknown code")
def _(c):
    c.send(goaway(0xFF), ping())
    c._until("PING or the end", lambda got: got.kind == PING)



@case("http2/7", "RST_STREAM with an unknown code")
def _(c):
    c.send(c.request(ends=False), rst_stream(1, 0xFF), ping())
    c.expect_pong(b"\0" * 8)
