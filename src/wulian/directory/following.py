"""Which rows of the directory follow an organisation when two ids become one, and which stay with the id that they name."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from .identity import declare_mover, declare_moving, declare_staying
from .identity.movers import RelationMover
from .models import Doubt

declare_moving("directory.SourceRecord", "organisation", _("来源记录"))
declare_moving("directory.OrganisationName", "organisation", _("其他名称"))
declare_moving("directory.FactValue", "organisation", _("年度数据"))
declare_moving("directory.TitleGrant", "organisation", _("称号"))
declare_moving("directory.IPHolding", "organisation", _("知识产权"))
declare_moving("directory.RegionMove", "organisation", _("迁移"))
declare_moving("directory.SourceChange", "organisation", _("来源变动"))
declare_moving("directory.Membership", "organisation", _("任职人员"))
declare_moving("directory.Organisation", "merged_into", _("先前并入的主体"))
declare_staying("directory.IdentityChange", "kept", _("归并与拆分"), _("记的是当时的编号"))
declare_staying("directory.IdentityChange", "other", _("归并与拆分"), _("记的是当时的编号"))
declare_staying("directory.Judgement", "left", _("归并判断"), _("记的是当时的编号"))
declare_staying("directory.Judgement", "right", _("归并判断"), _("记的是当时的编号"))


class OpenDoubts(RelationMover):
    """Doubts that wait. One between the two that become one is settled, and one that the other has as well is asked once."""

    def rows(self, organisation_id: int) -> Sequence[int]:
        waiting = Doubt.objects.filter(**{self.field: organisation_id}).exclude(state=Doubt.State.ANSWERED)
        return list(waiting.order_by("pk").values_list("pk", flat=True))

    def clashing(self, ids: Sequence[int], target: int) -> set[int]:
        facing = "right" if self.field == "left" else "left"
        known = set(Doubt.objects.filter(left=target).values_list("right_id", flat=True))
        known |= set(Doubt.objects.filter(right=target).values_list("left_id", flat=True)) | {target}
        return set(Doubt.objects.filter(pk__in=list(ids), **{f"{facing}__in": known}).values_list("pk", flat=True))


declare_mover(OpenDoubts(Doubt, "left", _("待判断的疑点")))
declare_mover(OpenDoubts(Doubt, "right", _("待判断的疑点")))
