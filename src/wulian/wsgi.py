"""WSGI entry point for the production server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

gc.disable()  # what is made while starting stays: looking through it again and again took a quarter of the time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wulian.settings")
application = get_wsgi_application()


def warm_up() -> None:
    """Read the definitions of the registers in force before the first request waits for them (about 1.5 s for a hundred).

    A database that is not there yet is no reason not to start: the pages say so.
    """
    from django.db import DatabaseError, connections

    from wulian.registers.catalogue import adopted_registers

    try:
        adopted_registers()
    except DatabaseError:
        pass
    finally:
        connections.close_all()  # the server forks after this; a connection must not be shared


warm_up()
gc.freeze()
gc.enable()
