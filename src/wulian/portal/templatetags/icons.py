"""Icons, drawn inline on a 20 × 20 grid in the colour of the text. Few on purpose."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 4 4"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "menu": '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
    "download": '<path d="M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 16.5h12"/>',
    "upload": '<path d="M10 13V4M6.5 7.5 10 4l3.5 3.5M4 16.5h12"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "warning": '<path d="M10 3.5 17.5 16.5h-15zM10 8v4M10 14.300v.1"/>',
    "info": '<circle cx="10" cy="10" r="7"/><path d="M10 9.300V14M10 6.300v.1"/>',
    "up": '<path d="m5.5 11.5 4.5-4.5 4.5 4.5"/>',
    "down": '<path d="m5.5 8 4.5 4.5L14.5 8"/>',
    "left": '<path d="m12 5-5 5 5 5"/>',
    "right": '<path d="m8 5 5 5-5 5"/>',
    "user": '<circle cx="10" cy="7" r="3"/><path d="M4 16.5c.6-3.2 2.9-5 6-5s5.4 1.8 6 5"/>',
    "sun": '<circle cx="10" cy="10" r="3.2"/><path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.700l1.4 1.400M13.9 13.900l1.4 1.400M4.7 15.300l1.4-1.400M13.9 6.100l1.4-1.4"/>',
    "calendar": '<path d="M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3"/>',
    "file": '<path d="M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15"/>',
    "edit": '<path d="m4 16 .8-3.600L13 4.200l2.8 2.8-8.2 8.200z"/>',
    "lock": '<path d="M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "link": '<path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.4-2.400a3 3 0 0 0-4.3-4.300l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.4 2.400a3 3 0 0 0 4.3 4.300l1-1"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.300l2.8 1.7"/>',
    "print": '<path d="M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6z"/>',
}
