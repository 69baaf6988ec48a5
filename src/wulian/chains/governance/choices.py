"""The choices of governance's fields, for forms and API schemas: value and label."""

from __future__ import annotations

from .models import AppraisalScheme, Indicator, Observation, Plan, RoundReport, Target

KINDS = Indicator.Kind.choices
ATTRIBUTES = Indicator.Attribute.choices
DIRECTIONS = Indicator.Direction.choices
PLAN_STATES = Plan.State.choices
ROLES = Target.Role.choices
TIERS = Target.Tier.choices
COMPARATORS = Target.Comparator.choices
NUMBER_STATES = Target.NumberState.choices
ORIGINS = Observation.Origin.choices
VERIFICATIONS = Observation.Verification.choices
UNKNOWN_RULES = AppraisalScheme.UnknownRule.choices
STANDINGS = RoundReport.Standing.choices
