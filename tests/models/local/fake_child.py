"""A stand-in for `server.py`: tiny, and it misbehaves on demand.

Its arguments: a folder of its own, then how to behave. It leaves its process id in the
folder, one file for each start, and answers every request with a short stream.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WORDS = ("one ", "two ", "three")


class Chat(BaseHTTPRequestHandler):
    """Answers like llama.cpp would, or dies after the first word."""

    dies = False

    def do_POST(self) -> None:
        """Stream the words, then the end."""
        asked = self.rfile.read(int(self.headers["content-length"]))
        (Path(sys.argv[1]) / "asked.json").write_bytes(asked)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for word in WORDS:
            self._send({"choices": [{"index": 0, "delta": {"content": word}}]})
            if self.dies:
                os._exit(139)
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self._send({"choices": [end]})
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _send(self, event: object) -> None:
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")


def main() -> None:
    """Behave as the second argument says."""
    folder, behaviour = Path(sys.argv[1]), sys.argv[2]
    started = len(list(folder.glob("*.pid")))
    wish = json.loads(sys.stdin.readline())
    (folder / "wish.json").write_text(json.dumps(wish))
    (folder / "environment.json").write_text(json.dumps(dict(os.environ)))
    (folder / f"{started}.new").write_text(str(os.getpid()))
    (folder / f"{started}.new").rename(folder / f"{started}.pid")
    match behaviour:
        case "dies":
            raise SystemExit(3)
        case "refuses":
            print(json.dumps({"error": "RuntimeError: no"}), flush=True)
            return
        case "babbles":
            print("this is no JSON", flush=True)
        case "hangs":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            threading.Event().wait()
        case "waits":
            while not (folder / "go").exists():
                time.sleep(0.01)
        case "dies once":
            Chat.dies = started == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    takes = {"takes tools": True, "takes no tools": False}.get(behaviour)
    answer = {"address": address, "n_ctx": 1234, "takes_tools": takes}
    print(json.dumps(answer), flush=True)
    if behaviour == "stays":
        threading.Event().wait()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
