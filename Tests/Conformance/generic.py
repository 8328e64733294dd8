"""What a server has to take: valid frames in every form (RFC 9113, RFC 7541)."""
from cases import case
from wire import *


@case("generic/1", "a client's connection preface")
def _(c):
    c.expect_alive()


# Streams (RFC 9113 section 5)

@case("generic/2", "PRIORITY on an idle stream")
def _(c):
    c.send(priority(1, weight=255), ping())
    c.expect_pong(b"\0" * 8)


def _with_blocked_content(c, *frames):
    """A stream that the server cannot finish, then the frames, then room for a byte."""
    c.send(settings((INITIAL_WINDOW_SIZE, 0)), c.request(), *frames, window_update(1, 1))
    c.expect_frame(DATA)


@case("generic/2", "WINDOW_UPDATE on a half-closed (remote) stream")
def _(c):
    _with_blocked_content(c)


@case("generic/2", "PRIORITY on a half-closed (remote) stream")
def _(c):
    _with_blocked_content(c, priority(1, weight=255))


@case("generic/2", "RST_STREAM on a half-closed (remote) stream")
def _(c):
    c.send(c.request(), rst_stream(1), ping())
    c.expect_pong(b"\0" * 8)


@case("generic/2", "PRIORITY on a closed stream")
def _(c):
    c.send(c.request())
    c.expect_end_of_stream()
    c.send(priority(1, weight=255), ping())
    c.expect_pong(b"\0" * 8)


# Frames (RFC 9113 section 6)

def _answered(section, what, frames):
    """A case in which the frames make a request that has to be answered."""
    @case(section, what)
    def _(c):
        c.send(*frames(c))
        c.expect_headers()


def _post(c, *rest, extra=()):
    return [c.request("POST", extra, ends=False), *rest]


_answered("generic/3.1", "DATA", lambda c: _post(c, frame(DATA, END_STREAM, 1, b"test")))
_answered("generic/3.1", "several DATA", lambda c: _post(
    c, frame(DATA, 0, 1, b"test"), frame(DATA, END_STREAM, 1, b"test")))
_answered("generic/3.1", "DATA with padding", lambda c: _post(
    c, frame(DATA, END_STREAM | PADDED, 1, b"\x05test" + b"\0" * 5)))
_answered("generic/3.2", "HEADERS", lambda c: [c.request()])
_answered("generic/3.2", "HEADERS with padding", lambda c: [
    c.headers(b"\x05" + c.encode(c.fields()) + b"\0" * 5, flags=PADDED)])
_answered("generic/3.2", "HEADERS with a priority", lambda c: [
    c.headers(priority_fields(0, 255, True) + c.encode(c.fields()), flags=WITH_PRIORITY)])
_answered("generic/3.3", "PRIORITY of weight 1", lambda c: [priority(1), c.request()])
_answered("generic/3.3", "PRIORITY of weight 256", lambda c: [
    priority(1, weight=255), c.request()])
_answered("generic/3.3", "PRIORITY that depends on a stream", lambda c: [
    priority(3, depends_on=1), c.request()])
_answered("generic/3.3", "PRIORITY that is exclusive", lambda c: [
    priority(1, is_exclusive=True), c.request()])
_answered("generic/3.3", "PRIORITY on an idle stream, then HEADERS on a lower one", lambda c: [
    priority(3, weight=255), c.request()])


@case("generic/3.4", "RST_STREAM")
def _(c):
    c.send(c.request("POST", ends=False), rst_stream(1), ping())
    c.expect_pong(b"\0" * 8)


@case("generic/3.5", "SETTINGS")
def _(c):
    c.send(settings((MAX_CONCURRENT_STREAMS, 100)))
    c.expect_frame(SETTINGS, lambda got: got.flags & ACK)


@case("generic/3.7", "PING")
def _(c):
    c.send(ping(b"12345678"))
    c.expect_pong(b"12345678")


@case("generic/3.8", "GOAWAY")
def _(c):
    c.send(goaway(), ping())
    # Closing is as good an answer as going on.
    c._until("PING or the end", lambda got: got.kind == PING)


@case("generic/3.9", "WINDOW_UPDATE of the connection")
def _(c):
    c.send(window_update(0, 1), ping())
    c.expect_pong(b"\0" * 8)


_answered("generic/3.9", "WINDOW_UPDATE of a stream", lambda c: [c.request(), window_update(1, 1)])


def _continued(c, count):
    blocks = [c.encode(c.fields())] + [c.filler() for _ in range(count)]
    last = len(blocks) - 1
    return [c.headers(blocks[0], ends_headers=False)] + [
        c.continuation(block, ends_headers=index == last)
        for index, block in enumerate(blocks) if index]


_answered("generic/3.10", "CONTINUATION", lambda c: _continued(c, 1))
_answered("generic/3.10", "several CONTINUATION", lambda c: _continued(c, 2))

# Messages (RFC 9113 section 8.1)

_answered("generic/4", "a GET request", lambda c: [c.request()])
_answered("generic/4", "a HEAD request", lambda c: [c.request("HEAD")])
_answered("generic/4", "a POST request", lambda c: _post(c, frame(DATA, END_STREAM, 1, b"test")))
_answered("generic/4", "a POST request with trailers", lambda c: _post(
    c, frame(DATA, 0, 1, b"test"), c.headers(c.encode([("x-test", "ok")])),
    extra=[("trailer", "x-test")]))

# Header compression (RFC 7541 section 6)

_NAME, _NEW, _VALUE = b"\x0auser-agent", b"\x06x-test", b"\x06h2test"
_HUFFMAN_NAME = bytes.fromhex("87b505b161cc5a93")
_HUFFMAN_NEW = bytes.fromhex("85f2b24a84ff")
_HUFFMAN_VALUE = bytes.fromhex("849c492a13")

for what, field in [
    ("an indexed field", b"\xba"),
    ("a literal with incremental indexing, its name known", b"\x40" + _NAME + _VALUE),
    ("the same with Huffman coding", b"\x40" + _HUFFMAN_NAME + _HUFFMAN_VALUE),
    ("a literal with incremental indexing, its name new", b"\x40" + _NEW + _VALUE),
    ("the same with Huffman coding", b"\x40" + _HUFFMAN_NEW + _HUFFMAN_VALUE),
    ("a literal without indexing, its name known", b"\x00" + _NAME + _VALUE),
    ("the same with Huffman coding", b"\x00" + _HUFFMAN_NAME + _HUFFMAN_VALUE),
    ("a literal without indexing, its name new", b"\x00" + _NEW + _VALUE),
    ("the same with Huffman coding", b"\x00" + _HUFFMAN_NEW + _HUFFMAN_VALUE),
    ("a literal never indexed, its name known", b"\x10" + _NAME + _VALUE),
    ("the same with Huffman coding", b"\x10" + _HUFFMAN_NAME + _HUFFMAN_VALUE),
    ("a literal never indexed, its name new", b"\x10" + _NEW + _VALUE),
    ("the same with Huffman coding", b"\x10" + _HUFFMAN_NEW + _HUFFMAN_VALUE),
]:
    _answered("generic/5", what, lambda c, field=field: [c.headers(c.encode(c.fields()) + field)])

_answered("generic/5", "a dynamic table size update", lambda c: [
    c.headers(b"\x20" + c.encode(c.fields()))])
_answered("generic/5", "several dynamic table size updates", lambda c: [
    c.headers(b"\x20\x3f\xe1\x1f" + c.encode(c.fields()))])
