import csv
import sys
from pathlib import Path

from odoo.cli.command import Command
from odoo.modules.module import load_script

database = load_script(str(Path(__file__).with_name("_database.py")), "odoo.cli._database")


class CoworkingAudit(Command):
    """Verify the chain of the audit trail: 0 where it is whole, 1 where it is broken.

    Prints the place and the hash of its last row, to be kept elsewhere and given to --since later:
    nothing else shows that the end was cut off, or that all of it was written anew.
    """

    name = "coworking_audit"

    def __init__(self):
        database.add_arguments(self.parser)
        add = self.parser.add_argument
        add("--since", metavar="PLACE:HASH", help="a last row that was noted elsewhere")
        add("--export", metavar="FILE", help="write the chain as CSV, for another tool to verify")

    def run(self, args):
        options = self.parser.parse_args(args)
        known = self._read_known(options.since)
        with database.open_model(self.parser, options, "coworking.audit") as audit:
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
    def _export(audit, path):
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["position", "content", "hash"])
            writer.writerows(audit._get_chain())
