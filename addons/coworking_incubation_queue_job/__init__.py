from . import models


def uninstall_hook(env):
    """Jobs that nobody could do any more go; scheduled actions do what they were for."""
    env["queue.job"].search([("method_name", "=", "_do_as_job")]).unlink()
