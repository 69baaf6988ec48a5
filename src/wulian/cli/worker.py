"""The job worker process: runs queued jobs, and stops when its parent is gone."""

from __future__ import annotations

import os
import signal
import threading
import time

from .django_setup import start_django


def stop_with_parent() -> None:
    """End this process when the one that started it is gone, so that no worker is left behind after a kill."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def remind_daily() -> None:
    """Queue the day's reminders when the worker starts and again on every new day; a unit is reminded once a day at most."""
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from wulian.chains.governance.jobs import remind_due_reports_job
    from wulian.registers.jobs import remind_entries_job

    def watch() -> None:
        done = None
        while True:
            today = timezone.localdate()
            if today != done:
                try:
                    remind_due_reports_job.enqueue()
                    remind_entries_job.enqueue()
                    done = today
                except DatabaseError:
                    pass  # locked or away for a moment: tried again below
                finally:
                    connection.close()
            time.sleep(600)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    start_django()
    stop_with_parent()
    remind_daily()
    from django.core.management import call_command

    call_command("db_worker", "--interval", "0.5", "--no-startup-delay")


if __name__ == "__main__":
    main()
