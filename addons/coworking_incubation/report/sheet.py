"""What all printed sheets share."""

from odoo.addons.base.models.ir_actions_report import _wkhtml

# Without the patched Qt, wkhtmltopdf prints everything in three quarters of its size: boxes that a
# hand signs in must not depend on the build.
UNPATCHED_ZOOM = 1.3


def sheet_values(env):
    """Values of the templates of ``coworking_sheet_templates.xml``."""
    return {
        "funders_of": env["coworking.program"]._get_sheet_funders,
        "zoom": 1 if _wkhtml().is_patched_qt else UNPATCHED_ZOOM,
    }
