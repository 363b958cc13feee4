from odoo.addons.coworking_incubation import drop_functions, forget_module

from . import controllers
from . import models
from . import report
from . import wizard


NAME = "coworking_incubation_funding"
# Functions of PostgreSQL, without the prefix of all of them.
FUNCTIONS = """
    funding_activity_figure_frozen funding_activity_frozen funding_check_sum funding_claim_file_keep
    funding_claim_keep funding_claim_line_keep funding_evidence_is_over funding_frozen
    funding_is_changed funding_keep_archive funding_keep_evidence funding_keep_report
    funding_keep_term funding_report_frozen funding_report_sealed funding_sending_keep
    funding_touch_costs
"""


def post_init_hook(env):
    """What agreements said in words becomes headings and instalments; what was posted before
    becomes costs.
    """
    agreements = env["coworking.funding.agreement"].with_context(active_test=False).search([])
    agreements = agreements.with_context(lang=env.company.partner_id.lang)
    agreements.filtered(lambda agreement: not agreement.heading_ids)._make_headings()
    agreements.filtered(lambda agreement: not agreement.instalment_ids)._make_instalments()
    programs = env["coworking.program"].with_context(active_test=False).search([])
    env["coworking.cost"]._note_lines_of(programs)
    env["coworking.cost"]._note_matched(programs)
    env["coworking.cost"]._refresh_changed()


def uninstall_hook(env):
    """What Odoo does not know of goes: functions of PostgreSQL, with their triggers, those of the
    audit trail on tables that go included; what it leaves behind, the key of the reports' tokens
    among it. The trail follows what stays.
    """
    audit = env["coworking.audit"]
    audit._install_triggers(without=NAME)
    forget_module(env, NAME)
    followed = audit._get_audited().keys() - audit._get_audited(NAME).keys()
    marking = [model for model in env.registry.values() if model._original_module == NAME]
    drop_functions(env, FUNCTIONS, followed, marking)
