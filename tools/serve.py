"""Serve a folder on this machine, as a web host would: missing pages get its 404.html."""

import argparse
import errno
import http.server
import webbrowser
from functools import partial
from pathlib import Path


class Handler(http.server.SimpleHTTPRequestHandler):
    def send_error(self, code, message=None, explain=None):
        page = Path(self.directory, "404.html")
        if code != 404 or not page.exists():
            return super().send_error(code, message, explain)
        content = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def port_number(text):
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 65535; got {text!r}")
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder to serve")
    parser.add_argument("--port", type=port_number, default=8000, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is no folder; build the book first: make book")
    try:
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", arguments.port), partial(Handler, directory=arguments.folder)
        )
    except OSError as error:
        if error.errno == errno.EACCES:
            parser.error(f"port {arguments.port} is for administrators; choose one above 1023: make serve PORT=8000")
        if error.errno != errno.EADDRINUSE:
            raise
        parser.error(f"port {arguments.port} is in use; choose another, or let one be found: make serve PORT=0")
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"The book is at {address} (Ctrl-C ends)", flush=True)
    if not arguments.no_browser:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
