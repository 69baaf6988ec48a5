"""Which rows belong to an organisation, and how they follow it when two ids become one or one becomes two.

A package with a relation to Organisation declares here whether its rows move or stay (`declare_moving`, `declare_staying`); a
test walks all relations and fails for one that is not declared. What names an organisation without a relation (ids inside a JSON
value) is moved by a `Mover` of its own (`declare_mover`).
"""

from .movers import Change, Mover, Staying, declare_mover, declare_moving, declare_staying, movers, staying

__all__ = ["Change", "Mover", "Staying", "declare_mover", "declare_moving", "declare_staying", "movers", "staying"]
