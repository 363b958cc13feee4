"""Two people, or two tabs, do something on the pages at the same moment: real transactions.

B looked before A acted and committed. Odoo starts B again where PostgreSQL says so: what is looked
at is what B is told then, and what the database holds.
"""

from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying

from ..hosting.test_hosting import PNG
from .common import JUNE, RaceCase

DAY = "2015-06-10"


class PortalRaceCase(RaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        managers = env["res.partner"].create(
            [{"name": f"Race manager {name}", "email": f"{name}@example.com"} for name in "ab"]
        )
        cls.ids["managers"] = managers.ids
        space = env["coworking.space"].browse(cls.ids["large"])
        space.manager_ids = managers
        tariff = env["coworking.tariff"].create(
            {
                "name": "Day",
                "unit": "day",
                "space_id": space.id,
                "product_id": cls.ids["products"][0],
                "price_ids": [Command.create({"date_start": "2015-01-01", "price": 20.0})],
            }
        )
        cls.ids["tariff_day"] = tariff.ids

    def tearDown(self):
        super().tearDown()
        with self.commit() as env:
            for model, column in (
                ("coworking.portal.link", "partner_id"),
                ("coworking.portal.answer", "partner_id"),
            ):
                env[model].sudo().search([(column, "in", self.ids["managers"])]).unlink()
            people = self.record(env, "people")
            env["coworking.portal.link"].search(
                [("partner_id", "in", people.partner_id.ids)]
            ).unlink()
            env["coworking.tariff.proposal"].search(
                [("tariff_id", "in", self.ids["tariff_large"])]
            ).unlink()
            env["coworking.invoice.file"].search(
                [("statement_id.program_id", "in", self.ids["program"])]
            ).unlink()
            env["mail.mail"].search(
                [("email_to", "ilike", "@example.com"), ("state", "=", "outgoing")]
            ).unlink()
            for table in ("presence", "seat_month"):
                env.cr.execute(
                    f"DELETE FROM coworking_{table} WHERE seat_id IN"
                    " (SELECT id FROM coworking_seat WHERE program_id IN %s)",
                    [tuple(self.ids["program"])],
                )
            env.cr.execute(
                "DELETE FROM coworking_hosting WHERE program_id IN %s", [tuple(self.ids["program"])]
            )

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            managers = env["res.partner"].browse(cls.ids["managers"])
            env["coworking.space"].browse(cls.ids["large"]).manager_ids = False
        super()._remove()
        with cls.commit() as env:
            managers.with_env(env).unlink()

    def _managers(self, env):
        return env["res.partner"].browse(self.ids["managers"])

    def _race(self, first, second):
        """What B gets: the outcome of ``second``, or the words of the refusal."""
        tries = []

        def act(env):
            tries.append(1)
            self.look(env)
            if len(tries) == 1:
                with self.commit() as other:
                    first(other)
            return env["coworking.portal"]._try_to_act(lambda: second(env))

        with self.transaction() as env:
            try:
                outcome = retrying(lambda: act(env), env)
            except UserError as error:
                return str(error), len(tries)
        return outcome, len(tries)

    def _seat(self, person=0, **values):
        tariff = values.pop("tariff", "tariff_large")
        return self.seats(person, state="active", tariff_id=self.ids[tariff][0], **values)


class TestMonth(PortalRaceCase):
    def _confirm(self, env, ids, who=0):
        statement = env["coworking.statement"].browse(ids)
        return env["coworking.portal.month"]._confirm_month(
            self._managers(env)[who], "link", JUNE, {statement.id: statement._get_lines_hash()}
        )

    def _dispute(self, env, ids):
        charge = env["coworking.statement"].browse(ids).charge_ids[:1]
        return env["coworking.portal.month"]._dispute_line(
            self._managers(env)[1], "link", charge, "Wrong"
        )

    def _answers(self, ids):
        with self.transaction() as env:
            answers = env["coworking.portal.answer"].search([("statement_id", "in", ids)])
            return sorted(answers.mapped("kind"))

    def test_confirmed_twice_at_once_is_confirmed_once(self):
        ids = self.statement("action_send")
        outcome, tries = self._race(
            lambda env: self._confirm(env, ids), lambda env: self._confirm(env, ids, who=1)
        )
        self.assertEqual(tries, 2)
        self.assertEqual(outcome[0], [])
        self.assertIn("confirmed already", outcome[1][0])
        self.assertEqual(self._answers(ids), ["confirmed"])

    def test_confirmed_while_a_line_is_disputed(self):
        ids = self.statement("action_send")
        outcome, tries = self._race(
            lambda env: self._dispute(env, ids), lambda env: self._confirm(env, ids)
        )
        self.assertEqual((tries, outcome[0]), (2, []))
        with self.transaction() as env:
            self.assertEqual(env["coworking.statement"].browse(ids).state, "disputed")
        self.assertEqual(self._answers(ids), ["disputed"])

    def test_disputed_while_it_is_confirmed(self):
        ids = self.statement("action_send")
        outcome, tries = self._race(
            lambda env: self._confirm(env, ids), lambda env: self._dispute(env, ids)
        )
        self.assertEqual(tries, 2)
        self.assertIn("withdraw the confirmation", outcome)
        with self.transaction() as env:
            statement = env["coworking.statement"].browse(ids)
            self.assertEqual(statement.state, "confirmed")
            self.assertEqual(set(statement.charge_ids.mapped("review")), {"confirmed"})
        self.assertEqual(self._answers(ids), ["confirmed"])

    def test_withdrawn_while_it_is_billed(self):
        ids = self.statement("action_send", "action_confirm")

        def bill(env):
            env["coworking.statement"].browse(ids).action_create_bill()

        def withdraw(env):
            statement = env["coworking.statement"].browse(ids)
            env["coworking.portal.month"]._withdraw_confirmation(
                self._managers(env)[0], "link", statement
            )

        outcome, tries = self._race(bill, withdraw)
        self.assertEqual(tries, 2)
        self.assertIn("invoiced", outcome)

    def test_the_same_invoice_sent_twice_at_once_is_one_and_a_duplicate(self):
        ids = self.statement("action_send", "action_confirm")

        def upload(env, who):
            file = env["coworking.portal.month"]._receive_upload(
                self._managers(env)[who],
                "link",
                env["coworking.statement"].browse(ids),
                "invoice.pdf",
                b"%PDF-1.4 the same",
            )
            return file.state

        outcome, __ = self._race(lambda env: upload(env, 0), lambda env: upload(env, 1))
        self.assertEqual(outcome, "duplicate")
        with self.transaction() as env:
            files = env["coworking.invoice.file"].search([("statement_id", "in", ids)])
            self.assertEqual(sorted(files.mapped("state")), ["duplicate", "waiting"])

    def test_the_limit_of_a_day_holds_for_files_sent_at_once(self):
        ids = self.statement("action_send", "action_confirm")

        def upload(env, number):
            return env["coworking.portal.month"]._receive_upload(
                self._managers(env)[number],
                "link",
                env["coworking.statement"].browse(ids),
                "invoice.pdf",
                b"%%PDF-1.4 number %d" % number,
            )

        module = "odoo.addons.coworking_incubation.models.portal.coworking_portal_month"
        with patch(f"{module}.MOST_FILES_A_DAY", 1):
            outcome, tries = self._race(lambda env: upload(env, 0), lambda env: upload(env, 1))
        self.assertEqual(tries, 2)
        self.assertIn("1 files", str(outcome))
        with self.transaction() as env:
            files = env["coworking.invoice.file"].search([("statement_id", "in", ids)])
            self.assertEqual(len(files), 1)


class TestWeek(PortalRaceCase):
    def _save(self, env, seat, state, who, before=""):
        return env["coworking.portal.presence"]._save_presences(
            self._managers(env)[who],
            "link",
            [{"seat": seat, "date": DAY, "slot": "am", "state": state, "before": before}],
        )

    def _kept(self, seat):
        with self.transaction() as env:
            presences = env["coworking.presence"].search([("seat_id", "=", seat)])
            return [(row.state, row.host_by.id) for row in presences]

    def test_the_same_half_day_said_for_the_first_time_by_two(self):
        (seat,) = self._seat(tariff="tariff_day")
        outcome, __ = self._race(
            lambda env: self._save(env, seat, "present", 0),
            lambda env: self._save(env, seat, "absent", 1),
        )
        self.assertEqual(self._kept(seat), [("present", self.ids["managers"][0])])
        self.assertIn("Race manager a", str(outcome))

    def test_a_half_day_changed_by_two(self):
        (seat,) = self._seat(tariff="tariff_day")
        with self.commit() as env:
            self._save(env, seat, "present", 0)
        outcome, tries = self._race(
            lambda env: self._save(env, seat, "", 0, before="present"),
            lambda env: self._save(env, seat, "absent", 1, before="present"),
        )
        self.assertEqual(tries, 2)
        self.assertEqual(len(outcome["conflicts"]), 1)
        self.assertEqual(self._kept(seat), [])

    def test_did_they_come_answered_by_two(self):
        (seat,) = self._seat()

        def answer(env, who, came):
            return env["coworking.portal.presence"]._save_visit(
                self._managers(env)[who], "link", env["coworking.seat"].browse(seat), JUNE, came
            )

        self._race(lambda env: answer(env, 0, "yes").came, lambda env: answer(env, 1, "no").came)
        with self.transaction() as env:
            rows = env["coworking.seat.month"].search([("seat_id", "=", seat)])
            self.assertEqual(len(rows), 1)

    def test_an_arrival_confirmed_by_two(self):
        (seat,) = self.seats(0)

        def confirm(env, who):
            env["coworking.portal"]._confirm_arrival(
                self._managers(env)[who], "link", env["coworking.seat"].browse(seat)
            )

        outcome, tries = self._race(lambda env: confirm(env, 0), lambda env: confirm(env, 1))
        self.assertEqual(tries, 2)
        self.assertIn("confirmed already", outcome)
        with self.transaction() as env:
            answers = env["coworking.portal.answer"].search([("seat_id", "=", seat)])
            self.assertEqual(answers.partner_id.ids, self.ids["managers"][:1])

    def test_a_price_proposed_by_two(self):
        def propose(env, who):
            tariff = env["coworking.tariff"].browse(self.ids["tariff_large"])
            first = fields.Date.add(fields.Date.today(), days=40)
            env["coworking.portal.space"]._propose_price(
                self._managers(env)[who], "link", tariff, 190.0 + who, first, ""
            )

        outcome, __ = self._race(lambda env: propose(env, 0), lambda env: propose(env, 1))
        self.assertIn("already waiting", outcome)
        with self.transaction() as env:
            proposals = env["coworking.tariff.proposal"].search(
                [("tariff_id", "in", self.ids["tariff_large"])]
            )
            self.assertEqual(proposals.mapped("price"), [190.0])


class TestAgreement(PortalRaceCase):
    def _sent(self):
        (seat,) = self.seats(0)
        with self.commit() as env:
            hosting = env["coworking.hosting"].create({"seat_id": seat})
            hosting.action_send()
            return hosting.signatory_ids[:1].id

    def _sign(self, env, row, name):
        signatory = env["coworking.hosting.signatory"].browse(row)
        signatory._record_signature(name, PNG, "192.0.2.7", signatory.hosting_id.text_hash)

    def test_signed_twice_at_once_is_signed_once(self):
        row = self._sent()
        outcome, tries = self._race(
            lambda env: self._sign(env, row, "First"), lambda env: self._sign(env, row, "Second")
        )
        self.assertEqual(tries, 2)
        self.assertIn("already", outcome)
        with self.transaction() as env:
            signatory = env["coworking.hosting.signatory"].browse(row)
            self.assertEqual(signatory.signed_by, "First")
            links = env["coworking.portal.link"].search(
                [("res_model", "=", signatory._name), ("res_id", "=", row)]
            )
            self.assertTrue(all(links.mapped("revoked_at")))

    def test_signed_while_it_is_turned_down(self):
        row = self._sent()
        outcome, tries = self._race(
            lambda env: env["coworking.hosting.signatory"].browse(row)._decline_signature("No"),
            lambda env: self._sign(env, row, "Second"),
        )
        self.assertEqual(tries, 2)
        self.assertIn("not waiting", outcome)

    def test_signed_while_the_text_is_taken_back(self):
        """Nobody signs a text that was replaced meanwhile."""
        row = self._sent()
        with self.transaction() as env:
            shown = env["coworking.hosting.signatory"].browse(row).hosting_id.text_hash

        def revise(env):
            hosting = env["coworking.hosting.signatory"].browse(row).hosting_id
            hosting.action_revise()
            hosting.body = "<p>Another text</p>"
            hosting.action_send()

        outcome, __ = self._race(
            revise,
            lambda env: (
                env["coworking.hosting.signatory"]
                .browse(row)
                ._record_signature("Second", PNG, "192.0.2.7", shown)
            ),
        )
        self.assertIn("text was changed", outcome)

    def test_somebody_who_signs_at_the_same_moment_waits_and_is_told(self):
        """Not that a record could not be locked."""
        row = self._sent()
        with self.transaction() as a, self.transaction() as b:
            b.cr.execute("SET LOCAL lock_timeout = '200ms'")
            self.look(b)
            a["coworking.hosting.signatory"].browse(row).hosting_id._lock_for_signature()
            with self.assertRaises(Exception) as caught:
                self._sign(b, row, "Second")
            self.assertEqual(caught.exception.__class__.__name__, "LockNotAvailable")


class TestLinks(PortalRaceCase):
    def test_new_links_asked_for_at_once_are_counted(self):
        ids = self.statement("action_send")
        with self.commit() as env:
            Link = env["coworking.portal.link"]
            record = env["coworking.statement"].browse(ids)
            token = Link._make_url(record, "month", self._managers(env)[0]).rsplit("/", 1)[1]
        for __ in range(2):
            with self.commit() as env:
                env["coworking.portal.link"]._find_link(token)._renew_links()
        __, tries = self._race(
            lambda env: env["coworking.portal.link"]._find_link(token)._renew_links(),
            lambda env: env["coworking.portal.link"]._find_link(token)._renew_links(),
        )
        self.assertEqual(tries, 2)
        with self.transaction() as env:
            domain = [("partner_id", "=", self.ids["managers"][0]), ("channel", "=", "renewal")]
            self.assertEqual(env["coworking.portal.link"].search_count(domain), 3)

    def test_a_link_revoked_while_it_is_used_does_nothing_afterwards(self):
        ids = self.statement("action_send")
        with self.commit() as env:
            record = env["coworking.statement"].browse(ids)
            link, token = env["coworking.portal.link"]._make_link(
                record, "month", self._managers(env)[0], "copy"
            )
        with self.transaction() as b:
            self.assertTrue(b["coworking.portal.link"]._find_link(token)._is_usable())
            with self.commit() as a:
                a["coworking.portal.link"]._revoke_links_of(self._managers(a)[0])
        with self.transaction() as b:
            self.assertFalse(b["coworking.portal.link"]._find_link(token)._is_usable())
            self.assertEqual(b["coworking.portal.link"]._find_link(token), link.with_env(b))


class TestRegistration(PortalRaceCase):
    @classmethod
    def _make(cls, env):
        super()._make(env)
        start = fields.Datetime.add(fields.Datetime.now(), days=7)
        event = env["calendar.event"].create(
            {
                "name": "Race",
                "start": start,
                "stop": fields.Datetime.add(start, hours=2),
                "coworking_kind": "info_session",
                "coworking_program_id": cls.ids["program"][0],
                "coworking_capacity": 1,
                "coworking_public": True,
            }
        )
        cls.ids["event"] = event.ids

    def tearDown(self):
        with self.commit() as env:
            attendances = self._list(env)
            env["mail.mail"].search(
                [("model", "=", attendances._name), ("res_id", "in", attendances.ids)]
            ).unlink()
            attendances.unlink()
        super().tearDown()

    @classmethod
    def _remove(cls):
        with cls.commit() as env:
            env["calendar.event"].browse(cls.ids["event"]).unlink()
        super()._remove()

    def _list(self, env):
        return env["coworking.attendance"].search([("event_id", "in", self.ids["event"])])

    def _register(self, env, name="Camille Martin"):
        attendances = env["coworking.attendance"]
        email = f"{name.split()[0].lower()}@example.org"
        values = attendances._clean_registration({"name": name, "email": email}, "public")
        attendances._register_person(
            env["calendar.event"].browse(self.ids["event"]), values, "public"
        )

    def _states(self):
        with self.transaction() as env:
            return sorted(self._list(env).mapped("state"))

    def test_registered_from_two_tabs_at_once_is_registered_once(self):
        self._race(self._register, self._register)
        self.assertEqual(len(self._states()), 1)

    def test_confirmed_and_cancelled_at_once(self):
        with self.commit() as env:
            self._register(env)
        __, tries = self._race(
            lambda env: self._list(env)._cancel_registration(),
            lambda env: self._list(env)._confirm_registration(),
        )
        self.assertEqual(tries, 2)
        self.assertEqual(len(self._states()), 1)

    def test_the_last_place_is_confirmed_by_two(self):
        with self.commit() as env:
            self._register(env)
            self._register(env, "Nour Amrani")
        self._race(
            lambda env: (
                self._list(env).filtered(lambda row: row.name[0] == "C")._confirm_registration()
            ),
            lambda env: (
                self._list(env).filtered(lambda row: row.name[0] == "N")._confirm_registration()
            ),
        )
        self.assertEqual(self._states().count("expected"), 1)
