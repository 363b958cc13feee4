"""The final report of the 2015 program of the demonstration: each figure, counted by hand."""

from odoo.tests import TransactionCase, tagged

PERIOD = "BETWEEN '2015-01-01' AND '2016-06-30'"
# Of each indicator, whom it counts; of a rate, who is in the situation, and who answered.
WHO = {
    "applied": f"date_application {PERIOD}",
    "entered": f"date_entry {PERIOD}",
    "state": f"date_entry {PERIOD}",
    "present": "date_entry <= '2016-06-30' AND COALESCE(date_exit, '2999-01-01') >= '2015-01-01'",
    "left": f"date_exit {PERIOD}",
    "dynamic": f"date_exit {PERIOD} AND exit_category IS DISTINCT FROM 'withdrawn'",
    "followup": f"""id IN (SELECT participant_id FROM coworking_followup
        WHERE months = 6 AND state != 'cancelled' AND date_due {PERIOD})""",
}
AMONG = {
    "dynamic": "exit_category IN ('durable', 'transition', 'positive')",
    "followup": """id IN (SELECT participant_id FROM coworking_followup WHERE months = 6
        AND state = 'answered' AND category IN ('durable', 'transition', 'positive'))""",
}
ANSWERED = {
    "dynamic": """COALESCE(exit_reason_id, 0) != (SELECT res_id FROM ir_model_data
        WHERE name = 'coworking_exit_reason_no_news' AND module = 'coworking_incubation')""",
    "followup": """id IN (SELECT participant_id FROM coworking_followup
        WHERE months = 6 AND state = 'answered')""",
}
AGE = "DATE_PART('year', AGE(COALESCE(date_entry, date_application), birth_date))"
AGES = {
    "coworking_breakdown_age_1": f"{AGE} <= 25",
    "coworking_breakdown_age_2": f"{AGE} BETWEEN 26 AND 49",
    "coworking_breakdown_age_3": f"{AGE} >= 50",
}


@tagged("post_install", "-at_install")
class TestReport2015(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env.ref("coworking_incubation_funding.coworking_report_2015")

    def _count(self, indicator, *conditions):
        """(all, in the situation, answered) of the program, in plain SQL"""
        among, answered = (some.get(indicator, "FALSE") for some in (AMONG, ANSWERED))
        self.env.cr.execute(
            f"""SELECT COUNT(*), COUNT(*) FILTER (WHERE {among}),
                       COUNT(*) FILTER (WHERE {answered})
                  FROM coworking_participant
                 WHERE program_id = %s AND {" AND ".join((WHO[indicator], *conditions))}""",
            self.report.program_ids.ids,
        )
        return self.env.cr.fetchone()

    def _get_condition(self, breakdown, key):
        """In SQL, who is in a line; None of a list of which this test knows nothing."""
        if breakdown.kind == "field":
            column = breakdown.field_name
            return f"{column} IS NULL" if key == "unknown" else f"{column}::text = '{key}'"
        for name, condition in AGES.items():
            line = self.env.ref(f"coworking_incubation_funding.{name}")
            if key == line._get_key():
                return condition
        return None

    def test_each_figure_is_what_plain_sql_counts(self):
        self.assertEqual(self.report.state, "final")
        checked = 0
        for figure in self.report.sudo().figure_ids:
            xmlid = figure.indicator_id.get_external_id()[figure.indicator_id.id]
            indicator = xmlid.removeprefix("coworking_incubation_funding.coworking_indicator_")
            conditions = []
            if figure.breakdown_id:
                conditions.append(self._get_condition(figure.breakdown_id, figure.line_key))
            if figure.split_key:
                split = figure.indicator_id.split_id
                conditions.append(self._get_condition(split, figure.split_key))
            if None in conditions:
                continue
            with self.subTest(figure=xmlid, line=figure.line_label, column=figure.split_label):
                numbers = (figure.count, figure.among, figure.answered)
                self.assertEqual(numbers, self._count(indicator, *conditions))
            checked += 1
        self.assertGreater(checked, 100)
        self.assertGreater(self.report.sudo().figure_ids[0].count, 20)

    def test_how_many_people_there_are_in_all_is_hidden_from_nobody(self):
        totals = self.report.figure_ids.filtered(
            lambda row: not row.breakdown_id and not row.split_key
        )
        self.assertFalse(totals.filtered("is_masked").mapped("indicator_name"))

    def test_its_names_are_in_french_once_and_for_all(self):
        names = set(self.report.figure_ids.mapped("indicator_name"))
        self.assertLessEqual({"Entrées", "Sorties", "Sorties dynamiques"}, names)
        labels = set(self.report.figure_ids.mapped("line_label"))
        self.assertLessEqual({"Moins de 26 ans", "RSA"}, labels)
        self.assertFalse({"Total people", "Not filled in", "Under 26"} & labels)

    def test_the_current_edition_has_a_target_behind(self):
        target = self.env.ref("coworking_incubation_funding.coworking_funding_target_mel_current")
        self.assertEqual(target.status, "behind")
