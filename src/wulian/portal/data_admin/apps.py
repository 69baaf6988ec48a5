from django.contrib.admin.apps import AdminConfig


class DataAdminConfig(AdminConfig):
    default_site = "wulian.portal.data_admin.site.DataAdminSite"
