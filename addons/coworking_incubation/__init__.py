from . import controllers
from . import models
from . import report
from . import wizard


def uninstall_hook(env):
    """Nothing of ours is left on Odoo's own tables: see ``coworking.match``."""
    env.cr.execute("DROP FUNCTION IF EXISTS coworking_match_check_line() CASCADE")
