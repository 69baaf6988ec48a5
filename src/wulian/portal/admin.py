"""Found by Django's admin when all apps are loaded: puts our tables into the data admin."""

from django.contrib import admin

from .data_admin.site import register_tables

register_tables(admin.site)  # type: ignore[arg-type]
