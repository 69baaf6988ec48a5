from django.urls import path

from wulian.portal.guards import OFFICER, PUBLIC, REPORTER_OR_OFFICER, SIGNED_IN, Guard

from . import ideas, problems, rounds, views

urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:pk>/", views.task, name="task"),
    path("tasks/<int:pk>/act/", views.task_act, name="task_act"),
    path("ideas/new/", ideas.idea_new, name="idea_new"),
    path("ideas/<int:pk>/decide/", ideas.idea_decide, name="idea_decide"),
    path("ideas/<int:pk>/file/", ideas.idea_file, name="idea_file"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_, name="round"),
    path("rounds/<int:pk>/act/", rounds.round_act, name="round_act"),
    path("rounds/<int:pk>/report/", rounds.round_report, name="round_report"),
    path("problems/", problems.problems, name="problems"),
    path("problems/new/", problems.problem_new, name="problem_new"),
    path("problems/<int:pk>/", problems.problem, name="problem"),
    path("problems/<int:pk>/act/", problems.problem_act, name="problem_act"),
    path("plans/<int:pk>/meetings/", problems.meetings, name="meetings"),
]
ACCESS: dict[str, Guard] = {
    "tasks": PUBLIC,
    "task": PUBLIC,
    "task_act": OFFICER,
    "idea_new": OFFICER,
    "idea_decide": OFFICER,
    "idea_file": SIGNED_IN,
    "rounds": SIGNED_IN,
    "round_new": OFFICER,
    "round": SIGNED_IN,
    "round_act": OFFICER,
    "round_report": REPORTER_OR_OFFICER,
    "problems": SIGNED_IN,
    "problem_new": OFFICER,
    "problem": SIGNED_IN,
    "problem_act": REPORTER_OR_OFFICER,
    "meetings": SIGNED_IN,
}
