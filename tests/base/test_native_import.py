"""Odoo's own import of a file, where it writes into our models."""

from ..common import CoworkingCase, d

UNCHOSEN = {"float_thousand_separator": ",", "float_decimal_separator": "."}
CHOSEN = {"float_thousand_separator": " ", "float_decimal_separator": ","}


class ImportCase(CoworkingCase):
    def _import(self, model, fields, row, separators=UNCHOSEN, dryrun=False):
        options = {
            "quoting": '"',
            "separator": ";",
            "has_headers": True,
            "encoding": "utf-8",
            "date_format": "%d/%m/%Y",
            **separators,
        }
        content = f"{';'.join(fields)}\n{row}\n"
        values = {"res_model": model, "file": content.encode(), "file_type": "text/csv"}
        dialog = self.env["base_import.import"].with_user(self.coordinator).create(values)
        return dialog.execute_import(fields, fields, options, dryrun)


class TestNumbers(ImportCase):
    def _price(self, text, separators=UNCHOSEN):
        """The price that a row makes, or what is wrong with it."""
        fields = ["tariff_id/.id", "price", "date_start"]
        row = f"{self.tariff.id};{text};01/05/2015"
        result = self._import("coworking.tariff.price", fields, row, separators)
        made = self.tariff.price_ids.filtered(lambda price: price.date_start == d("1/5"))
        price = made.price
        made.unlink()
        return price if result.get("ids") else result["messages"][0]["message"]

    def test_140_00_is_not_fourteen_thousand(self):
        for text in ("140,00", "140,00 €", "140.00", "140", "140,0"):
            with self.subTest(text):
                self.assertEqual(self._price(text), 140.0)
        self.assertEqual(self._price("1 234,50"), 1234.5)
        self.assertEqual(self._price("1.234,50"), 1234.5)
        self.assertEqual(self._price("1,234.50"), 1234.5)

    def test_what_may_be_two_numbers_is_refused(self):
        self.assertIn("1,234 is no number, or may be two", self._price("1,234"))

    def test_what_is_no_number_is_said_with_its_column(self):
        label = self.env["coworking.tariff.price"]._fields["price"].string
        for separators in (UNCHOSEN, CHOSEN):
            with self.subTest(separators):
                told = self._price("much", separators)
                self.assertIn(f"Column {label}: much is no number", told)

    def test_what_is_no_day_is_said_with_its_column_and_what_it_says(self):
        fields = ["tariff_id/.id", "price", "date_start"]
        rows = [f"{self.tariff.id};1;{day}" for day in ("01/05/2015", "", "31/02/2015")]
        result = self._import("coworking.tariff.price", fields, "\n".join(rows))
        (message,) = result["messages"]
        label = self.env["coworking.tariff.price"]._fields["date_start"].string
        self.assertIn(f"Column {label}: 31/02/2015 is no day", message["message"])
        self.assertNotIn("out of range", message["message"])

    def test_a_column_of_its_rows_is_named_by_both(self):
        label = self.env["coworking.tariff"]._fields["price_ids"].string
        fields = ["space_id/.id", "name", "price_ids/price", "price_ids/date_start"]
        for price, day, told in (
            ("140", "31/02/2015", "31/02/2015 is no day"),
            ("1,234", "01/05/2015", "1,234 is no number"),
        ):
            row = f"{self.space.id};Nomad;{price};{day}"
            (message,) = self._import("coworking.tariff", fields, row)["messages"]
            self.assertIn(told, message["message"])
            self.assertIn(f"Column {label} / ", message["message"])

    def test_separators_that_somebody_chose_are_theirs(self):
        self.assertEqual(self._price("140,00", CHOSEN), 140.0)
        self.assertEqual(self._price("140,125", CHOSEN), 140.13)

    def test_other_models_are_read_as_odoo_reads_them(self):
        result = self._import("product.template", ["name", "list_price"], "P;140,00", UNCHOSEN)
        self.assertFalse(result.get("ids"), "a coordinator makes no product")
        self.coordinator.group_ids += self.env.ref("product.group_product_manager")
        result = self._import("product.template", ["name", "list_price"], "P;140,00", UNCHOSEN)
        self.assertEqual(self.env["product.template"].browse(result["ids"]).list_price, 14000)


class TestRows(ImportCase):
    def _import_seats(self, people, dryrun=False):
        fields = ["participant_id/.id", "space_id/.id", "tariff_id/.id", "date_start", "date_end"]
        rows = [
            f"{file.id};{self.space.id};{self.tariff.id};01/06/2015;30/06/2015;confirmed"
            for file in people
        ]
        return self._import("coworking.seat", [*fields, "state"], "\n".join(rows), dryrun=dryrun)

    def test_a_refused_row_is_said_of_itself_alone(self):
        """Not of the first row too, with the names of all."""
        people = [self._new_participant(name) for name in ("Ana", "Bob")]
        result = self._import_seats([*people, people[0]])
        (message,) = result["messages"]
        self.assertEqual(message["rows"], {"from": 2, "to": 2})
        self.assertIn("Ana already has seat", message["message"])
        self.assertNotIn("Bob", message["message"])

        rows = f"Cléo;{self.program.id};Incubation\nDan;{self.program.id};Incubation"
        result = self._import(
            "coworking.participant", ["partner_name", "program_id/.id", "stage_id"], rows
        )
        self.assertEqual([message["rows"]["from"] for message in result["messages"]], [0, 1])
        for name, message in zip(("Cléo", "Dan"), result["messages"], strict=True):
            self.assertTrue(message["message"].startswith(f"{name} cannot go to Incubation"))
            self.assertEqual(message["message"].count("cannot go"), 1)

    def test_the_test_of_an_import_draws_no_reference(self):
        def get_next():
            self.env.cr.execute(f"SELECT last_value, is_called FROM ir_sequence_{sequence.id:03}")
            return self.env.cr.fetchone()

        sequence = self.env.ref("coworking_incubation.ir_sequence_coworking_seat")
        people = [self._new_participant(name) for name in ("Ana", "Bob", "Cléo")]
        before = get_next()
        result = self._import_seats(people, dryrun=True)
        self.assertEqual(len(result["ids"]), 3)
        self.assertFalse(result["messages"])
        self._import_seats([*people, people[0]], dryrun=True)
        self.assertEqual(get_next(), before)
        result = self._import_seats(people)
        names = self.env["coworking.seat"].browse(result["ids"]).mapped("name")
        self.assertEqual(len(set(names)), 3)
        self.assertTrue(all(name.startswith("P-") for name in names), names)
        self.assertNotEqual(get_next(), before)
