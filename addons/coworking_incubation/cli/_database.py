"""One database, for the commands beside. Odoo loads these without the addon, and this file not at
all: its name is none of a command.
"""

import contextlib
import os

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def add_arguments(parser):
    parser.add_argument("-c", "--config", help="a configuration file")
    parser.add_argument("-d", "--database", help="the database, if the configuration does not say")


@contextlib.contextmanager
def open_model(parser, options, name):
    """This model of the database, in the language of who asks if it is spoken there, else in that
    of the company.
    """
    given = ["--no-http", "--log-level=warn"]
    given += ["-c", options.config] if options.config else []
    given += ["-d", options.database] if options.database else []
    config.parse_config(given, setup_logging=True)
    names = config["db_name"]
    if len(names) != 1:
        parser.error("name one database: -d NAME")
    with Registry(names[0]).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        if name not in env:
            parser.error(f"coworking_incubation is not installed in {names[0]}")
        spoken = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").partition(".")[0]
        known = {"en_US", *dict(env["res.lang"].get_installed())}
        lang = spoken if spoken in known else env.company.partner_id.lang
        yield env[name].with_context(lang=lang)
