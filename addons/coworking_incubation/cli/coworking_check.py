import sys
from pathlib import Path

from odoo.cli.command import Command
from odoo.modules.module import load_script

database = load_script(str(Path(__file__).with_name("_database.py")), "odoo.cli._database")


class CoworkingCheck(Command):
    """Check the books of a database: a line for each thing found; exit code 1 if there is any."""

    name = "coworking_check"

    def run(self, cmdargs):
        database.add_arguments(self.parser)
        options = self.parser.parse_args(cmdargs)
        with database.open_model(self.parser, options, "coworking.books") as books:
            books.env.cr.execute("SET TRANSACTION READ ONLY")
            findings = books._check()
            sys.stdout.write(books._to_text(findings) + "\n")
        sys.exit(bool(findings))
