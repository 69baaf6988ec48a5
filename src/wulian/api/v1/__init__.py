"""API version 1."""

from .app import build

api = build()
