"""Which rows of the directory follow an organisation when two ids become one, and which stay with the id that they name."""

from django.utils.translation import gettext_lazy as _

from .identity import declare_moving, declare_staying

declare_moving("directory.SourceRecord", "organisation", _("来源记录"))
declare_moving("directory.OrganisationName", "organisation", _("其他名称"))
declare_moving("directory.FactValue", "organisation", _("年度数据"))
declare_moving("directory.TitleGrant", "organisation", _("称号"))
declare_moving("directory.IPHolding", "organisation", _("知识产权"))
declare_moving("directory.RegionMove", "organisation", _("迁移"))
declare_moving("directory.Membership", "organisation", _("任职人员"))
declare_moving("directory.Organisation", "merged_into", _("先前并入的主体"))
declare_staying("directory.IdentityChange", "kept", _("归并与拆分"), _("记的是当时的编号"))
declare_staying("directory.IdentityChange", "other", _("归并与拆分"), _("记的是当时的编号"))
