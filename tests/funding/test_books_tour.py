"""The accountant in a browser: bills leave for other books, and their payments come back."""

import base64

from ..common import d
from ..tours import test_headings
from ..tours.common import BrowserCase, TourCase
from .fec_files import bill, payment, write
from .test_payment_import import BooksCase


class TestBooksTour(TourCase):
    _bill = classmethod(BooksCase._bill.__func__)

    def test_bills_leave_and_their_payments_come_back(self):
        self.company.bank_account_code_prefix = "T512"
        self.operator = type(self).operator = self.space.operator_id
        dated = {"date": d("5/5"), "invoice_date": d("5/5")}
        one = self._bill(180.0, ref="F-2015-117", **dated)
        other = self._bill(140.0, ref="F-2015-118", **dated)
        names = {"name": self.operator.name}
        content = write(
            bill("1", 180, "F-2015-117", "AA", **names),
            bill("2", 140, "AC0012", "AB", **names),
            payment("7", 180, "AA", day="20150601", **names),
            payment("8", 140, "AB", day="20150609", **names),
            bill("3", 96, "INV-9", "AC", name="Imprimerie du Nord"),
            payment("9", 96, "AC", name="Imprimerie du Nord"),
            encoding="iso8859-15",
        )
        self._tour(
            "books",
            self.accountant,
            content=base64.b64encode(content).decode(),
            bill="F-2015-118",
        )
        facts = (one | other)._coworking_payment_facts()
        self.assertEqual(
            [(day, float(amount)) for paid in facts.values() for day, amount, __ in paid],
            [(d("1/6"), 180.0), (d("9/6"), 140.0)],
        )


class TestBooksHeadings(BrowserCase):
    def test_headings_of_the_payments_read_are_not_cut(self):
        user = self.env["res.users"].search([("login", "=", "comptabilite")])
        text = "Numéro;Fournisseur;Payée le;Montant;Avoir\nF-1;Imprimerie;01/06/2015;180,00;A-1\n"
        dialog = (
            self.env["coworking.payment.import"]
            .with_user(user)
            .create({"file_name": "a.csv", "file": base64.b64encode(text.encode())})
        )
        dialog.action_read()
        self.assertTrue(dialog.line_ids.problem)
        action = self.env.ref("coworking_incubation_funding.coworking_payment_import_action")
        test_headings.TestHeadings._read(self, [(action.id, dialog.id)], login="comptabilite")
