from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from wulian.cli.serve import answers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_answers_once_a_page_comes_back() -> None:
    assert not answers("127.0.0.1", free_port())
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert answers("127.0.0.1", server.server_port)  # it answers 501: whatever it says


def test_a_worker_that_stops_is_started_again_and_the_pages_stay(tmp_path: Path) -> None:
    starts, port = tmp_path / "starts", free_port()
    worker = [sys.executable, "-c", f"open({str(starts)!r}, 'a').write('x')"]  # ends at once, as a killed worker does
    code = f"from wulian.cli import serve; serve.WORKER = {worker!r}; serve.RESTART_PAUSE = 0.1; serve.serve()"
    environment = {**os.environ, "WULIAN_HOME": str(tmp_path), "WULIAN_PORT": str(port), "WULIAN_WORKERS": "1"}
    server = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if starts.exists() and len(starts.read_text()) >= 2 and answers("127.0.0.1", port):
                break
            assert server.poll() is None, "the server ended with its worker"
            time.sleep(0.1)
        assert len(starts.read_text()) >= 2
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert not answers("127.0.0.1", port)
