"""Requests that are malformed (RFC 9113 section 8), and field blocks that are (RFC 7541)."""
from cases import case
from wire import *


def _malformed(section, what, head, content=()):
    """A case of a request that has to end its stream. `head` changes the fields of a GET."""
    @case(section, what)
    def _(c):
        c.send(c.headers(c.encode(head(c.fields())), ends=not content), *content)
        c.expect_stream_error(PROTOCOL_ERROR)


def _without(fields, name):
    return [field for field in fields if field[0] != name]


def _posted(fields, *extra):
    return [(":method", "POST")] + fields[1:] + list(extra)


@case("http2/8.1", "a second HEADERS without END_STREAM")
def _(c):
    c.send(c.request("POST", ends=False), frame(DATA, 0, 1, b"test"),
           c.request("POST", ends=False))
    c.expect_stream_error(PROTOCOL_ERROR)


_malformed("http2/8.1.2", "a name with capital letters",
           lambda fields: fields + [("X-TEST", "ok")])
_malformed("http2/8.1.2.1", "an unknown pseudo-header field",
           lambda fields: fields + [(":test", "ok")])
_malformed("http2/8.1.2.1", "a pseudo-header field of responses",
           lambda fields: fields + [(":status", "200")])


@case("http2/8.1.2.1", "a pseudo-header field in trailers")
def _(c):
    c.send(c.request("POST", [("trailer", "x-test")], ends=False), frame(DATA, 0, 1, b"test"),
           c.headers(c.encode([(":method", "POST"), ("x-test", "ok")])))
    c.expect_stream_error(PROTOCOL_ERROR)


_malformed("http2/8.1.2.1", "a pseudo-header field behind others",
           lambda fields: [("x-test", "ok")] + fields)
_malformed("http2/8.1.2.2", "a field of an HTTP/1.1 connection",
           lambda fields: fields + [("connection", "keep-alive")])
_malformed("http2/8.1.2.2", "TE with anything but trailers",
           lambda fields: fields + [("trailers", "test"), ("te", "trailers, deflate")])

_malformed("http2/8.1.2.3", "an empty :path", lambda fields: [
    (name, "" if name == ":path" else value) for name, value in fields])
for name in (":method", ":scheme", ":path"):
    _malformed("http2/8.1.2.3", f"no {name}",
               lambda fields, name=name: _without(fields, name))
for name in (":method", ":scheme", ":path"):
    _malformed("http2/8.1.2.3", f"two {name}", lambda fields, name=name:
               fields + [(name, dict(fields)[name])])

_malformed("http2/8.1.2.6", "less content-length than content",
           lambda fields: _posted(fields, ("content-length", "1")),
           [frame(DATA, END_STREAM, 1, b"test")])
_malformed("http2/8.1.2.6", "less content-length than content of several frames",
           lambda fields: _posted(fields, ("content-length", "1")),
           [frame(DATA, 0, 1, b"test"), frame(DATA, END_STREAM, 1, b"test")])


@case("http2/8.2", "PUSH_PROMISE")
def _(c):
    c.send(c.request(), frame(PUSH_PROMISE, END_HEADERS, 3,
                              struct.pack(">I", 5) + c.encode(c.fields())))
    c.expect_connection_error(PROTOCOL_ERROR)


def _uncompressible(section, what, block):
    """A case of a field block that ends the connection, as its table cannot be known."""
    @case(section, what)
    def _(c):
        c.send(c.headers(block(c.encode(c.fields()))))
        c.expect_connection_error(COMPRESSION_ERROR)


_uncompressible("hpack/2.3.3", "an index behind both tables", lambda block: block + b"\xfe")
_uncompressible("hpack/2.3.3", "a literal whose name's index is behind both tables",
                lambda block: block + b"\x7f\x07\x06h2test")
_uncompressible("hpack/4.2", "a size update at the end of a block",
                lambda block: block + b"\x3f\xe1\x0f")
_NEW = bytes.fromhex("0085f2b24a84ff")
_uncompressible("hpack/5.2", "Huffman coding with more than 7 bits of padding",
                lambda block: block + _NEW + bytes.fromhex("859c492a13ff"))
_uncompressible("hpack/5.2", "Huffman coding with padding of zeros",
                lambda block: block + _NEW + bytes.fromhex("849c492a12"))
_uncompressible("hpack/5.2", "Huffman coding with the end of string",
                lambda block: block + _NEW + bytes.fromhex("84ffffffff"))
_uncompressible("hpack/6.1", "an index of 0", lambda block: block + b"\x80")
_uncompressible("hpack/6.3", "a size update above SETTINGS_HEADER_TABLE_SIZE",
                lambda block: b"\x3f\xe2\x1f" + block)
