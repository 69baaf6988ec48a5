"""Tables of governance, by subject."""

from .appraisal import AppraisalResult, AppraisalScheme, AppraisalScore, AppraisalWeight
from .evaluations import Evaluation
from .extraction import Extraction, PlanDocument
from .ideas import PeerIdea
from .indicators import Indicator, IndicatorChain, Observation, PeerValue, Target
from .meetings import Decision, Meeting
from .plans import Plan
from .reporting import Problem, ReportingRound, RoundReport
from .reviewing import EvaluationComment, EvaluationReviewer
from .tasks import PlanTask, TaskUnit

__all__ = [
    "AppraisalResult",
    "AppraisalScheme",
    "AppraisalScore",
    "AppraisalWeight",
    "Decision",
    "Evaluation",
    "EvaluationComment",
    "EvaluationReviewer",
    "Extraction",
    "Indicator",
    "IndicatorChain",
    "Meeting",
    "Observation",
    "PeerIdea",
    "PeerValue",
    "Plan",
    "PlanDocument",
    "PlanTask",
    "Problem",
    "ReportingRound",
    "RoundReport",
    "Target",
    "TaskUnit",
]
