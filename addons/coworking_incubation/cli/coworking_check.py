import sys

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class CoworkingCheck(Command):
    """Check the books of a database: a line for each thing found; exit code 1 if there is any."""

    name = "coworking_check"

    def run(self, cmdargs):
        self.parser.add_argument("-c", "--config", help="a configuration file of its own")
        self.parser.add_argument("-d", "--database", help="by default that of the configuration")
        args = self.parser.parse_args(cmdargs)
        options = ["--no-http", "--log-level=warn"]
        options += ["-c", args.config] if args.config else []
        options += ["-d", args.database] if args.database else []
        config.parse_config(options, setup_logging=True)
        if len(config["db_name"]) != 1:
            self.parser.error("which database? -d NAME")
        with Registry(config["db_name"][0]).cursor() as cr:
            cr.execute("SET TRANSACTION READ ONLY")
            env = Environment(cr, SUPERUSER_ID, {})
            if "coworking.books" not in env:
                self.parser.error("coworking_incubation is not installed in this database")
            env = env(context={"lang": env.company.partner_id.lang})
            findings = env["coworking.books"]._check()
            sys.stdout.write(env["coworking.books"]._to_text(findings) + "\n")
        sys.exit(bool(findings))
