"""The whole synthetic region from one seed."""

from __future__ import annotations

from datetime import date

from .figures import facts_of, follow
from .firms import make_firms
from .model import Firm, World
from .regions import region_figures
from .rights import grant
from .titles import award

DEFAULT_SEED = 20260101


def generate(*, seed: int = DEFAULT_SEED, until: date) -> World:
    """Everything that happened up to `until` (included). Figures of a year are known at its end.

    The year of `until` is simulated whole and then cut, so a later `until` never changes the past.
    """
    firms = make_firms(seed, until)
    years = {firm.code: follow(seed, firm, until.year) for firm in firms}
    titles = award(seed, firms, years, until)
    rights = grant(seed, firms, years, until)
    last_year = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    figures = [figure for firm in firms for figure in facts_of(seed, firm, years[firm.code]) if figure.year <= last_year]
    known = [firm for firm in firms if firm.established_on <= until]
    for firm in known:
        forget_future(firm, until)
    return World(known, titles, rights, figures, region_figures(seed, last_year))


def forget_future(firm: Firm, until: date) -> None:
    """Undo what has not happened yet: a closure, a move, a change of name after `until`."""
    if firm.closed_on and firm.closed_on > until:
        firm.closed_on = None
    for moved_on, came_from, _ in firm.moves:
        if moved_on > until:
            firm.region = came_from
    firm.moves = [move for move in firm.moves if move[0] <= until]
    if firm.former_name and firm.former_name[1] > until:
        firm.former_name = None
