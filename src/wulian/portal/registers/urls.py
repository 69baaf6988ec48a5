"""Registers: the catalogue, lists in their views, an entry and what may be done with it."""

from django.urls import path

from wulian.portal.guards import PUBLIC, SIGNED_IN, Guard

from . import entry, index, lists, picking

urlpatterns = [
    path("registers/", index.registers, name="registers"),
    path("registers/todo/", index.todo, name="register_todo"),
    path("registers/pick/<slug:kind>/", picking.pick, name="register_pick"),
    path("registers/<slug:register>/", lists.entries, name="register"),
    path("registers/<slug:register>/board/", lists.board, name="register_board"),
    path("registers/<slug:register>/calendar/", lists.calendar, name="register_calendar"),
    path("registers/<slug:register>/map/", lists.region_map, name="register_map"),
    path("registers/<slug:register>/print/", lists.printed, name="register_print"),
    path("registers/<slug:register>/filters/", lists.filter_counts, name="register_filters"),
    path("registers/<slug:register>/counters/", index.counters, name="register_counters"),
    path("registers/<slug:register>/about/", index.about, name="register_about"),
    path("registers/<slug:register>/export.<slug:kind>", lists.export, name="register_export"),
    path("registers/<slug:register>/new/", entry.create, name="entry_new"),
    path("registers/<slug:register>/<slug:number>/", entry.entry, name="entry"),
    path("registers/<slug:register>/<slug:number>/edit/", entry.edit, name="entry_edit"),
    path("registers/<slug:register>/<slug:number>/step/<slug:step>/", entry.step, name="entry_step"),
    path("registers/<slug:register>/<slug:number>/void/", entry.void, name="entry_void"),
    path("registers/<slug:register>/<slug:number>/restore/", entry.restore, name="entry_restore"),
    path("registers/<slug:register>/<slug:number>/files/<slug:field>/<int:file>/", entry.download, name="entry_file"),
]

ACCESS: dict[str, Guard] = {
    "registers": PUBLIC,
    "register_todo": SIGNED_IN,
    "register_pick": SIGNED_IN,
    "register": PUBLIC,
    "register_board": PUBLIC,
    "register_calendar": PUBLIC,
    "register_map": PUBLIC,
    "register_print": PUBLIC,
    "register_filters": PUBLIC,
    "register_counters": PUBLIC,
    "register_about": PUBLIC,
    "register_export": PUBLIC,
    "entry_new": SIGNED_IN,
    "entry": PUBLIC,
    "entry_edit": SIGNED_IN,
    "entry_step": SIGNED_IN,
    "entry_void": SIGNED_IN,
    "entry_restore": SIGNED_IN,
    "entry_file": PUBLIC,
}
