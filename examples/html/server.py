"""The same as server.mjs, for Python: `python3 server.py KEY_FILE [PORT]`.

Only a sample of the token endpoint: here a visit of /login?as=alice is enough to be Alice.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

KEY = Path(sys.argv[1]).read_text().strip().encode()
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8000


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user: str) -> str:
    """Returns what the presence server needs to know, for ten minutes; the widget asks for a fresh one in time."""
    claims = {"sub": f"{user}@example.com", "name": user.capitalize(), "exp": int(time.time()) + 600}
    parts = [{"alg": "HS256", "typ": "JWT"}, claims]
    signed = ".".join(encode(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{encode(hmac.new(KEY, signed.encode(), hashlib.sha256).digest())}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        wanted = parse_qs(address.query).get("as", [""])[0]
        found = re.search(r"(?:^|; )user=([a-z]+)", self.headers.get("cookie", ""))
        if address.path == "/login" and re.fullmatch("[a-z]+", wanted):
            cookie = f"user={wanted}; HttpOnly; SameSite=Strict; Path=/"
            self.answer(303, b"", {"location": "/", "set-cookie": cookie})
        elif address.path == "/presence-token":
            # Nobody else may keep it, and who is not signed in gets none.
            text = token(found[1]) if found else ""
            self.answer(200 if found else 401, text.encode(), {"content-type": "text/plain", "cache-control": "no-store"})
        elif address.path == "/":
            page = Path(__file__).with_name("index.html").read_bytes()
            self.answer(200, page, {"content-type": "text/html; charset=utf-8"})
        else:
            self.answer(404, b"", {})

    def answer(self, status: int, body: bytes, headers: dict):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing of each request."""


server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
