"""As much of Flask as flask_app.py uses, for where Flask is not installed."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Aborted(Exception):
    pass


class request:
    """The request under way; there is never more than one here."""

    headers = {}
    data = b""

    @classmethod
    def get_data(cls, as_text=False):
        return cls.data.decode() if as_text else cls.data


def jsonify(value):
    return json.dumps(value)


def abort(status):
    raise Aborted(status)


class Flask:
    def __init__(self, name):
        self.routes = {}

    def route(self, path, methods):
        return lambda view: self.routes.update({path: view})

    def run(self, port):
        routes = self.routes

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request.headers = self.headers
                request.data = self.rfile.read(int(self.headers["Content-Length"]))
                request.json = json.loads(request.data)
                try:
                    body, status = routes[self.path]()
                except Aborted as aborted:
                    body, status = "", aborted.args[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

        ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
