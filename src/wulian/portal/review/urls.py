from django.urls import path

from wulian.portal.guards import OFFICER, Guard

from . import decisions, views

urlpatterns = [
    path("plans/new/", views.plan_new, name="plan_new"),
    path("plans/<int:pk>/reading/", views.plan_reading, name="plan_reading"),
    path("plans/<int:pk>/reading/again/", views.plan_reread, name="plan_reread"),
    path("plans/<int:pk>/details/", views.plan_details, name="plan_details"),
    path("plans/<int:pk>/review/", decisions.plan_review, name="plan_review"),
    path("plans/<int:pk>/review/act/", decisions.plan_review_act, name="plan_review_act"),
    path("plans/<int:pk>/review/group/", decisions.plan_review_group, name="plan_review_group"),
    path("plans/<int:pk>/review/add/", decisions.plan_review_add, name="plan_review_add"),
    path("plans/<int:pk>/review/<int:row>/", decisions.plan_review_mention, name="plan_review_mention"),
    path("plans/<int:pk>/review/<int:row>/split/", decisions.plan_review_split, name="plan_review_split"),
    path("plans/<int:pk>/review/<int:row>/task/", decisions.plan_review_task, name="plan_review_task"),
    path("plans/<int:pk>/review/<int:row>/unit/", decisions.plan_review_unit, name="plan_review_unit"),
    path("plans/<int:pk>/publish/", views.plan_publish, name="plan_publish"),
    path("plans/<int:pk>/publish/chain/", views.plan_link_chain, name="plan_link_chain"),
]
ACCESS: dict[str, Guard] = {route.name: OFFICER for route in urlpatterns if route.name}
