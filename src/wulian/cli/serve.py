"""`wulian serve`: the web server (gunicorn) and the job worker, started and stopped together."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

WORKER = [sys.executable, "-m", "wulian.cli.worker"]
RESTART_PAUSE = 2.0  # seconds before a worker that stopped is started again


def port_is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@click.command()
@click.option("--host", default="127.0.0.1", envvar="WULIAN_BIND", help="监听地址 / address to listen on")
@click.option("--port", default=8000, envvar="WULIAN_PORT", help="端口 / port")
@click.option("--workers", default=2, envvar="WULIAN_WORKERS", help="网页进程数 / web processes")
def serve(host: str, port: int, workers: int) -> None:
    """启动网页服务和后台任务。 / Start the web server and the job worker."""
    if not port_is_free(host, port):
        raise click.ClickException(
            f"端口 {port} 已被占用。换一个：WULIAN_PORT=8001 make run / port {port} is taken, choose another: WULIAN_PORT=8001 make run"
        )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "wulian.settings"}
    web_command = [
        sys.executable, "-m", "gunicorn", "wulian.wsgi:application", "--bind", f"{host}:{port}", "--workers", str(workers),
        "--threads", "4", "--timeout", "120", "--preload", "--access-logfile", "/dev/null", "--log-level", "warning",
    ]  # fmt: skip
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    web = subprocess.Popen(web_command, env=environment)
    worker = subprocess.Popen(WORKER, env=environment)
    announced = False
    while not stopping and web.poll() is None:
        if not announced and answers(host, port):
            announce(host, port)
            announced = True
        if worker.poll() is not None:  # killed, or out of memory: the pages stay up, and its jobs go on with a new one
            click.echo("后台任务进程中断，正在重新启动 / the job worker stopped and is started again", err=True)
            time.sleep(RESTART_PAUSE)
            worker = subprocess.Popen(WORKER, env=environment)
        time.sleep(0.3)
    for process in (web, worker):
        process.terminate()
    codes = [process.wait(timeout=30) for process in (web, worker)]
    sys.exit(max(abs(code) if code != -signal.SIGTERM else 0 for code in codes))


def answers(host: str, port: int) -> bool:
    """True once a page comes back, whatever it says; asking for the first page also makes the first visitor's wait shorter."""
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=20)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def announce(host: str, port: int) -> None:
    """Print the address, and the demonstration sign-ins where they exist."""
    click.echo(f"\n五链 http://{'localhost' if host in {'127.0.0.1', '0.0.0.0'} else host}:{port}/")
    from wulian.settings import HOME

    accounts = HOME / "demo-accounts.txt"
    if accounts.exists():
        click.echo(accounts.read_text(encoding="utf-8"))
    click.echo("按 Ctrl+C 停止 / Ctrl+C stops it")
