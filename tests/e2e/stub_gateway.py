#!/usr/bin/python3
"""A gateway for tests: HTTPS for the webhook kind, or SMTP with STARTTLS for the smtp kind.

stub_gateway.py https|smtp DIR CERTIFICATE KEY

Writes its port to DIR/port and what it is sent to DIR/messages, one JSON object a line. DIR/answer says how
it answers; it is read at every message. Where DIR/spool exists, each message with a text goes there as well, a file
each, as the development suite's spool has it. The answers:

  accept   takes it (the usual)
  deliver  takes it and reports that it was delivered
  fail     takes it and reports, a moment later, that it was not
  overtake the same, but the report comes before its own answer
  refuse   refuses it for good
  busy     refuses it for now
  silent   never answers
"""

import email
import email.policy
import http.server
import json
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import urllib.request

KIND, DIR, CERTIFICATE, KEY = sys.argv[1:5]
LOCK = threading.Lock()


def answer():
    try:
        with open(os.path.join(DIR, "answer"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "accept"


def keep(message):
    with LOCK, open(os.path.join(DIR, "messages"), "a", encoding="utf-8") as file:
        file.write(json.dumps(message, ensure_ascii=False) + "\n")
        spool(message)


def spool(message):
    directory = os.path.join(DIR, "spool")
    if "text" not in message or not os.path.isdir(directory):
        return
    name = os.path.join(directory, f"{len(os.listdir(directory))}.json")
    with open(name + ".new", "w", encoding="utf-8") as file:
        json.dump({key: message.get(key, "") for key in ("channel", "to", "text")}, file, ensure_ascii=False)
    os.rename(name + ".new", name)


def say_port(port):
    name = os.path.join(DIR, "port")
    with open(name + ".new", "w", encoding="ascii") as file:
        file.write(str(port))
    os.rename(name + ".new", name)


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    return context


def report(url, status):
    """Gives the receipt, again and again until it is taken."""
    for _ in range(100):
        try:
            separator = "&" if "?" in url else "?"
            urllib.request.urlopen(url + separator + urllib.parse.urlencode({"status": status}), timeout=5)
            return
        except OSError:
            time.sleep(0.1)


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves whole

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        manner = answer()
        message = json.loads(body)
        keep({"answer": manner, "path": self.path, "headers": dict(self.headers), **message})
        if manner == "silent":
            time.sleep(3600)
        if manner == "overtake":
            report(message["receipt_url"], "failed")
        code = {"refuse": 400, "busy": 503}.get(manner, 200)
        reply = json.dumps({"id": "m-1"} if code == 200 else {"error": "no"}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
        self.wfile.flush()
        if manner in ("deliver", "fail"):
            status = "delivered" if manner == "deliver" else "failed"
            threading.Timer(0.3, report, args=(message["receipt_url"], status)).start()

    def log_message(self, *_):
        pass


def serve_https():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    server.socket = tls().wrap_socket(server.socket, server_side=True)
    say_port(server.server_address[1])
    server.serve_forever()


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        manner = answer()
        if manner == "refuse":
            return "550 no such mailbox"
        if manner == "busy":
            return "451 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        keep({"to": envelope.rcpt_tos[0], "from": envelope.mail_from, "subject": mail["Subject"],
              "text": mail.get_body(("plain",)).get_content(), "tls": session.ssl is not None,
              "headers": dict(mail.items())})
        return "250 OK"


def serve_smtp():
    # Only here: the system's Python has them when python3-aiosmtpd is installed.
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"tc-otp" and data.password == b"mail-secret")

    # aiosmtpd does not take port 0 as a free one.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port, tls_context=tls(),
                            require_starttls=True, authenticator=authenticate, auth_required=True)
    controller.start()
    say_port(port)
    threading.Event().wait()


if KIND == "https":
    serve_https()
else:
    serve_smtp()
