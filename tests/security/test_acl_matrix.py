"""Who may do what to which model: design section 10, written by hand.

r read, w write, c create, d delete. Which records and which fields: see the other files here. A
charge or a statement is computed: w lets its reader say "disputed", or write in the discussion.
"""

from odoo.fields import NO_ACCESS
from odoo.tests import TransactionCase, new_test_user, tagged

from ..common import ACCOMPANIST, ACCOUNTANT, COORDINATOR, SENSITIVE

# model without "coworking.": accompanist, coordinator, accountant, portal
MATRIX = """
    accounting              -     -     rwcd  -
    amenity                 r     rwcd  r     -
    assignment              r     r     -     -
    act                     r     r     -     -
    attendance              rwcd  rwcd  -     -
    audit                   -     r     r     -
    attendance.paste        rwcd  rwcd  -     -
    announcement            -     r     -     -
    attendance.link         rwcd  rwcd  -     -
    attendance.paper        rwcd  rwcd  -     -
    attendance.paper.line   rwcd  rwcd  -     -
    attendance.signature    r     r     -     -
    attendance.unsign       -     rwcd  -     -
    bill.payment            -     -     rwcd  -
    bill.payment.line       -     -     rwcd  -
    books.finding           -     rwcd  rwcd  -
    charge                  r     rw    rw    r
    charge.answer           -     rwcd  -     -
    cover                   rwcd  rwcd  -     -
    criterion               r     rwcd  -     -
    document                rwc   rwcd  -     -
    document.type           r     rwcd  -     -
    event.plan              rwcd  rwcd  -     -
    event.plan.line         rwcd  rwcd  -     -
    exception               r     r     r     -
    exit.reason             r     rwcd  -     -
    extension               rc    rwcd  -     -
    followup                rw    rwcd  -     -
    funding.agreement       -     rwcd  r     -
    funnel                  r     r     -     -
    hosting                 rwcd  rwcd  -     -
    hosting.signatory       rwcd  rwcd  -     -
    hosting.template        r     rwcd  -     -
    hosting.version         r     r     -     -
    copayment               r     r     r     -
    invitation              -     rwcd  -     -
    invoice.file            -     r     rw    -
    invoice.upload          -     -     rwcd  -
    match                   -     r     rwcd  -
    match.decide            -     -     rwcd  -
    match.explain           -     -     rwcd  -
    match.proposal          -     -     rwcd  -
    month.line              -     r     r     -
    month.end               -     rwcd  rwcd  -
    month.end.line          -     rwcd  rwcd  -
    month.run               -     r     r     -
    month.run.line          -     r     r     -
    move                    r     r     -     -
    objective               rwcd  rwcd  -     -
    objective.action        rwcd  rwcd  -     -
    objective.theme         r     rwcd  -     -
    participant             rwc   rwcd  r     -
    participant.handover    rwcd  rwcd  -     -
    participant.keep        rwcd  rwcd  -     -
    participant.move        rwcd  rwcd  -     -
    participant.reopen      rwcd  rwcd  -     -
    portal.answer           -     r     r     -
    portal.link             -     r     -     -
    portal.request          -     r     -     -
    portal.share            rwcd  rwcd  -     -
    presence                rwcd  rwcd  r     -
    presence.correct        -     rwcd  -     -
    presence.import         rwcd  rwcd  -     -
    presence.import.line    rwcd  rwcd  -     -
    presence.scan           rcd   rcd   r     -
    presence.sheet          rwcd  rwcd  -     -
    program                 r     rwcd  r     -
    proof                   rwcd  rwcd  -     -
    purge                   -     r     -     -
    refusal.reason          r     rwcd  -     -
    registration.attempt    -     -     -     -
    requirement             r     rwcd  -     -
    retention               -     r     -     -
    review                  rwcd  rwcd  -     -
    review.axis             r     rwcd  -     -
    review.line             rwc   rwcd  -     -
    seat                    rwcd  rwcd  r     r
    seat.change             -     rwcd  -     -
    seat.funding            r     rwcd  r     -
    seat.leave              -     rwcd  -     -
    seat.month              r     r     -     -
    seat.move               -     rwcd  -     -
    sector                  r     rwcd  r     -
    simulation              rwcd  rwcd  -     -
    simulation.line         rwcd  rwcd  -     -
    space                   r     rwcd  r     r
    space.absence           r     rwcd  -     -
    space.close             -     rwcd  -     -
    space.membership        r     rwcd  r     -
    stage                   r     rwcd  -     -
    stage.delay             r     r     -     -
    statement               -     rwc   rwc   r
    statement.behalf        -     rwcd  rwcd  -
    statement.generate      -     rwcd  rwcd  -
    suspension              rwcd  rwcd  -     -
    take.over               -     rwcd  -     -
    take.over.line          -     rwcd  -     -
    tariff                  r     rwcd  r     r
    tariff.increase         -     rwcd  -     -
    tariff.increase.line    -     rwcd  -     -
    tariff.increase.rank    -     rwcd  -     -
    tariff.proposal         -     rw    -     -
    tariff.price            r     rwcd  r     r
    touch                   -     r     r     -
"""
# Fields of ours that are for some of the staff alone: accompanist, coordinator, accountant
FIELDS = """
    calendar.event.coworking_attendance_ids         r  r  -
    calendar.event.coworking_email                  r  r  -
    calendar.event.coworking_participant_id         r  r  -
    calendar.event.coworking_people                 r  r  -
    calendar.event.coworking_phone                  r  r  -
    coworking.charge.bill_payment_state             -  r  r
    coworking.charge.participant_paid_amount        -  r  r
    coworking.charge.participant_paid_on            -  r  r
    coworking.copayment.move_id                     -  -  r
    coworking.copayment.statement_id                -  r  r
    coworking.exception.amount                      -  r  r
    coworking.participant.cost_to_date              -  r  r
    coworking.participant.pending_changes           -  r  -
    coworking.participant.pending_since             -  r  -
    coworking.program.agreement_ids                 -  r  r
    coworking.program.application_months            -  r  -
    coworking.program.criterion_ids                 r  r  -
    coworking.program.registration_over_count       -  r  -
    coworking.program.retention_confirmed_on        -  r  -
    coworking.program.retention_months              -  r  -
    coworking.seat.hosting_count                    r  r  -
    coworking.seat.hosting_ids                      r  r  -
    coworking.seat.hosting_todo                     r  r  -
    coworking.space.absence_ids                     r  r  -
    coworking.statement.funding_split               -  r  r
    coworking.statement.invoice_file_ids            -  r  r
    coworking.statement.move_ids                    -  -  r
    res.partner.coworking_agreement_count           -  r  r
    res.partner.coworking_participant_count         r  r  -
    res.partner.coworking_participant_ids           r  r  -
    res.partner.coworking_prescribed_count          r  r  -
    res.partner.coworking_space_count               r  r  r
"""
ROLES = ("accompanist", "coordinator", "accountant", "portal")
REVIEWED = (None, "base.group_user", "base.group_system", NO_ACCESS, SENSITIVE)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAclMatrix(TransactionCase):
    written = MATRIX
    written_fields = FIELDS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "accompanist": ACCOMPANIST,
            "coordinator": COORDINATOR,
            "accountant": ACCOUNTANT,
            "portal": "base.group_portal",
            "employee": "base.group_user",
            "sensitive": f"base.group_user,{SENSITIVE}",
            "invoicing": "account.group_account_manager",
            "contacts": "base.group_partner_manager",
        }
        cls.users = {
            role: new_test_user(cls.env, login=f"t_{role}", groups=group)
            for role, group in groups.items()
        }
        cls.users["public"] = cls.env.ref("base.public_user")
        cls.matrix = {}
        for line in cls.written.split("\n"):
            if line.strip():
                name, *rights = line.split()
                cls.matrix[f"coworking.{name}"] = dict(zip(ROLES, rights, strict=True))

    def _rights(self, model, role):
        """What the database says, in letters."""
        records = self.env[model].with_user(self.users[role])
        return "".join(
            letter for letter, operation in OPERATIONS.items() if records.has_access(operation)
        )

    def test_every_model_of_ours_is_in_the_matrix(self):
        ours = {
            name
            for name, model in self.env.items()
            if name.startswith("coworking.") and not model._abstract
        }
        self.assertEqual(ours, set(self.matrix))

    def test_each_role_has_exactly_these_rights(self):
        for model, expected in self.matrix.items():
            for role, rights in expected.items():
                with self.subTest(model=model, role=role):
                    self.assertEqual(self._rights(model, role) or "-", rights)

    def test_nobody_else_has_any(self):
        for model in self.matrix:
            for role in ("employee", "sensitive", "invoicing", "contacts", "public"):
                with self.subTest(model=model, role=role):
                    self.assertEqual(self._rights(model, role), "")

    def test_fields_for_some_of_the_staff_are_read_by_these_alone(self):
        """Those of a person's situation: see test_sensitive_fields.py."""
        found = {}
        for model in self.env.values():
            for name, field in model._fields.items():
                ours = field._modules and field._modules[0].startswith("coworking_incubation")
                if ours and not (field.inherited or model._abstract or field.groups in REVIEWED):
                    found[f"{model._name}.{name}"] = [
                        model.with_user(self.users[role])._has_field_access(field, "read")
                        for role in ROLES
                    ]
        for line in filter(str.strip, self.written_fields.split("\n")):
            field, *rights = line.split()
            with self.subTest(field=field):
                readable = [right == "r" for right in (*rights, "-")]  # none for the portal
                self.assertEqual(found.pop(field, None), readable)
        self.assertFalse(found)

    def test_every_model_has_an_access_row(self):
        for model in self.matrix:
            rows = self.env["ir.model.access"].search([("model_id.model", "=", model)])
            with self.subTest(model=model):
                self.assertTrue(rows)
                self.assertNotIn(False, rows.mapped("group_id.id"), "a row without a group")
                self.assertTrue(all(row.group_id for row in rows), "a row without a group")

    def test_every_model_with_a_company_has_a_rule_that_no_group_widens(self):
        for model in self.matrix:
            records = self.env[model]
            if "company_id" in records._fields and not records._transient:
                rules = self.env["ir.rule"].search(
                    [("model_id.model", "=", model), ("groups", "=", False)]
                )
                with self.subTest(model=model):
                    self.assertIn("company_ids", "".join(rules.mapped("domain_force")))

    def test_the_portal_only_reaches_models_whose_fields_are_closed(self):
        for model, expected in self.matrix.items():
            if expected["portal"] != "-":
                with self.subTest(model=model):
                    self.assertIsInstance(self.env[model], self.registry["coworking.portal.mixin"])
                    rules = self.env["ir.rule"].search(
                        [
                            ("model_id.model", "=", model),
                            ("groups", "=", self.env.ref("base.group_portal").id),
                        ]
                    )
                    self.assertTrue(rules)

    def test_roles_imply_what_they_should(self):
        def implied(group):
            return self.env.ref(group).all_implied_ids

        self.assertIn(self.env.ref(ACCOMPANIST), implied(COORDINATOR))
        self.assertIn(self.env.ref("account.group_account_invoice"), implied(ACCOUNTANT))
        for group in (ACCOMPANIST, COORDINATOR, ACCOUNTANT):
            self.assertNotIn(self.env.ref(SENSITIVE), implied(group))
            self.assertNotIn(self.env.ref("base.group_system"), implied(group))
        for group in (ACCOMPANIST, COORDINATOR):
            self.assertNotIn(self.env.ref("account.group_account_invoice"), implied(group))
            self.assertNotIn(self.env.ref(ACCOUNTANT), implied(group))
        self.assertNotIn(self.env.ref(ACCOMPANIST), implied(ACCOUNTANT))
