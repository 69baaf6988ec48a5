"""Matches what somebody needs with what somebody has, and says why: index, rank, explain, evaluate; each step usable alone.

    from wulian.engines.matching import Document, build, open_index, rank, explain, evaluate

    build(documents, folder)                      # achievements to be found; or demands, to find them for an achievement
    index = open_index(folder)                    # a folder half written is built anew, never trusted
    for found in rank(index, demand, top=10):     # score, and the contributions that sum to it
        explain(index, demand, found)             # the passages and words that met, on both sides
    index.add(document)                           # found from the next query on

It learns from the library alone: nothing is downloaded, no word list is kept. Nothing here knows a database or a clock.
"""

from .evaluating import Figures, evaluate
from .explaining import Explanation, explain
from .index import Index, build, open_index
from .ranking import Contribution, Match, rank
from .records import Document
from .weights import WEIGHTS, Weights

__all__ = [
    "WEIGHTS",
    "Contribution",
    "Document",
    "Explanation",
    "Figures",
    "Index",
    "Match",
    "Weights",
    "build",
    "evaluate",
    "explain",
    "open_index",
    "rank",
]
