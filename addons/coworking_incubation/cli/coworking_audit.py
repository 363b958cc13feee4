import csv
import os
import sys

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class CoworkingAudit(Command):
    """Verify the chain of the audit trail: 0 where it is whole, 1 where it is broken.

    Prints the place and the hash of its last row, to be kept elsewhere and given to --since later:
    nothing else shows that the end was cut off, or that all of it was written anew.
    """

    name = "coworking_audit"

    def __init__(self):
        add = self.parser.add_argument
        add("-c", "--config", help="a configuration file")
        add("-d", "--database", help="the database, if the configuration does not say")
        add("--since", metavar="PLACE:HASH", help="a last row that was noted elsewhere")
        add("--export", metavar="FILE", help="write the chain as CSV, for another tool to verify")

    def run(self, args):
        options = self.parser.parse_args(args)
        known = self._read_known(options.since)
        given = ["--no-http", "--log-level=warn"]
        if options.config:
            given += ["-c", options.config]
        if options.database:
            given += ["-d", options.database]
        config.parse_config(given, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database: -d NAME")
        with Registry(names[0]).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            if "coworking.audit" not in env:
                self.parser.error(f"{names[0]} has no audit trail: install the addon")
            audit = env["coworking.audit"].with_context(lang=self._get_lang(env))
            report = audit._verify_chain(known)
            sys.stdout.write("\n".join([*audit._tell(report), ""]))
            if options.export:
                self._export(audit, options.export)
        sys.exit(1 if report.broken else 0)

    def _read_known(self, text):
        if not text:
            return None
        place, _colon, seal = text.partition(":")
        if not place.isdigit() or len(seal) != 64:
            self.parser.error("--since: the place and the hash of a row, as 1234:ab12...")
        return int(place), seal

    @staticmethod
    def _get_lang(env):
        """The language of who asks, if the database has it; else that of the company."""
        spoken = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").partition(".")[0]
        known = {"en_US", *dict(env["res.lang"].get_installed())}
        return spoken if spoken in known else env.company.partner_id.lang

    @staticmethod
    def _export(audit, path):
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["position", "content", "hash"])
            writer.writerows(audit._get_chain())
