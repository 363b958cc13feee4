from . import controllers
from . import models
from . import report
from . import wizard


def post_init_hook(env):
    """Companies whose chart of accounts was there before get what the others get with theirs."""
    env["res.company"].search([])._coworking_prepare_accounting()


def uninstall_hook(env):
    """Nothing of ours is left on Odoo's own tables: see ``coworking.match``."""
    env.cr.execute("DROP FUNCTION IF EXISTS coworking_match_check_line() CASCADE")
