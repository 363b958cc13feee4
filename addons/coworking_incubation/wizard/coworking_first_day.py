from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.billing.coworking_statement import OPEN_STATES
from ..models.seat.coworking_seat import HOLDING_STATES

COORDINATOR = "coworking_incubation.group_coworking_coordinator"
ACCOUNTANT = "coworking_incubation.group_coworking_accountant"
# Steps without which there is no bill; the others may wait.
NEEDED = ("accounting", "program", "space", "person", "month")


class CoworkingFirstDay(models.AbstractModel):
    """What is left to do from an empty database to the first bill, said above the board.

    Nothing is stored: a step is done when what it makes is there, however it was made. It can thus
    be left and taken up again, in any order, and undoes nothing.
    """

    _name = "coworking.first.day"
    _description = "First Day"

    @api.model
    def action_get_steps(self):
        """For a coordinator, until the first month of the company is billed.

        A coordinator may hide them, for all of the company.

        :return: list of dict ``key``, ``title``, ``text``, ``done``, ``needed``, and ``button``:
            what it says, or False where there is nothing to press. A button calls the method
            ``action_open_<key>``. ``sheet``: what the button says that takes a filled in workbook
            instead. Empty when all is done, or hidden.
        """
        if not self.env.user.has_group(COORDINATOR) or self._is_over():
            return []
        if self.env.company.coworking_first_day_hidden:
            return []
        return [
            {
                "key": key,
                "title": title,
                "needed": key in NEEDED,
                **getattr(self, f"_get_step_{key}")(),
            }
            for key, title in self._get_titles().items()
        ]

    @api.model
    def action_hide(self):
        """Take the list off the board of all of the company, until somebody asks for it again."""
        self._set_hidden(True)
        return self._tell(
            self.env._("Hidden. It comes back with Configuration ‣ First Day."), "success"
        )

    @api.model
    def action_show(self):
        """The board with the list above it, or a word where nothing is left to do."""
        self._set_hidden(False)
        board = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_participant_action_board"
        )
        if self._is_over():
            return self._tell(
                self.env._("The first month is billed: nothing is left of the first day."),
                "info",
                next=board,
            )
        return board

    @api.model
    def _set_hidden(self, hidden):
        """:raise AccessError: by who is no coordinator"""
        if not self.env.user.has_group(COORDINATOR):
            raise AccessError(self.env._("The first day is the coordinators' to hide or to show."))
        # sudo: who sets the program up decides on this list, without a right on companies
        self.env.company.sudo().coworking_first_day_hidden = hidden

    @api.model
    def _tell(self, message, kind, **params):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind, **params},
        }

    @api.model
    def _get_titles(self):
        return {
            "accounting": self.env._("Company, accounts and VAT"),
            "program": self.env._("The program"),
            "team": self.env._("Who works here"),
            "funder": self.env._("Funders"),
            "space": self.env._("Spaces, with a tariff each"),
            "person": self.env._("The first person"),
            "month": self.env._("The first month"),
        }

    # === FACTS ===#

    def _is_over(self):
        return bool(self._find("billed"))

    def _find(self, what):
        """The first of these records of the company, or none.

        :param what: "program", "funder", "tariff" (with a price, at a partner), "seat", "unsaid"
            (a partner of which, without such a tariff, something is not said yet), "prospect", or
            the state of a statement
        """
        company = ("company_id", "=", self.env.company.id)
        if what == "program":
            return self.env["coworking.program"]._get_running()
        model, domain = {
            "funder": ("coworking.funding.agreement", []),
            "tariff": (
                "coworking.tariff",
                [
                    ("price_ids", "!=", False),
                    ("space_id.state", "=", "partner"),
                    "|",
                    ("uses_place", "=", False),
                    ("space_id.seat_capacity", ">", 0),
                ],
            ),
            "unsaid": ("coworking.space", [("state", "=", "partner")]),
            "prospect": ("coworking.space", [("state", "=", "prospect")]),
            "seat": (
                "coworking.seat",
                [("state", "in", HOLDING_STATES)],
            ),
        }.get(what, ("coworking.statement", [("state", "=", what)]))
        return self.env[model].search([company, *domain], limit=1)

    def _get_open_statement(self):
        """The first one that is not billed, confirmed ones first."""
        return self._find("confirmed") or self.env["coworking.statement"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", OPEN_STATES),
            ],
            order="date_from, id",
            limit=1,
        )

    # === STEPS: WHAT THEY SAY ===#

    def _get_step_accounting(self):
        company = self.env.company
        product = company._coworking_get_product("seat")
        if not product:
            text = self.env._("An administrator chooses a chart of accounts: Settings, Invoicing.")
            return {"done": False, "text": text, "button": False}
        # sudo: which account, for who may not read the chart
        account = company.sudo()._coworking_get_account(product, "expense")
        recovered = company._coworking_recovers_vat()
        text = self.env._(
            "Seats are entered on %(account)s. %(vat)s",
            account=account.code,
            vat=self.env._("VAT is recovered.")
            if recovered
            else self.env._("VAT is not recovered."),
        )
        missing = company._coworking_get_missing_identity()
        if missing:
            text = self.env._(
                "Missing: %(what)s. %(text)s", what=self._get_words(missing), text=text
            )
        button = self.env._("Complete") if missing else self.env._("Change")
        may_change = self.env.user.has_group(ACCOUNTANT)
        if missing and not may_change:
            text = self.env._("%s An accountant completes it.", text)
        return {
            "done": not missing,
            # a bill can be made for a company without an address, not for one without a name
            "needed": "name" in missing,
            "text": text,
            "button": may_change and button,
        }

    def _get_words(self, missing):
        words = {
            "name": self.env._("the company's name"),
            "address": self.env._("its address"),
            "registry": self.env._("its SIRET"),
        }
        return ", ".join(words[key] for key in missing)

    def _get_step_program(self):
        program = self._find("program")
        text = program.name or self.env._("Its dates, and what it pays of each seat.")
        return {"done": bool(program), "text": text, "button": self._get_button(program)}

    def _get_step_team(self):
        program = self._find("program")
        users = program.user_id | program.accompanist_ids
        text = ", ".join(users.mapped("name")) if len(users) > 1 else False
        button = self.env._("Change") if text else self.env._("Say who")
        return {
            "done": bool(text),
            "text": text or self.env._("Counsellors, and who invites them."),
            "button": bool(program) and button,
        }

    def _get_step_funder(self):
        agreement = self._find("funder")
        text = agreement.partner_id.name or self.env._("What each grants, and from when to when.")
        return {
            "done": bool(agreement),
            "text": text,
            "button": bool(self._find("program")) and self._get_button(agreement),
        }

    def _get_step_space(self):
        tariff = self._find("tariff")
        unsaid = not tariff and self._find("unsaid")
        text = tariff.display_name or self.env._("Their names, their places and a price.")
        button = self._get_button(tariff)
        prospect = not tariff and self._find("prospect")
        if unsaid:
            text = self.env._("%s: how many places, and a price.", unsaid.name)
            button = self.env._("Go on")
        elif prospect:
            text = self.env._("%s is a prospect: make it a partner, or add another.", prospect.name)
        return {
            "done": bool(tariff),
            "text": text,
            "button": bool(self._find("program")) and button,
            "sheet": bool(self._find("program")) and self.env._("From a workbook"),
        }

    def _get_step_person(self):
        seat = self._find("seat")
        text = (
            seat.participant_id.display_name if seat else self.env._("Who, where, from which day.")
        )
        return {
            "done": bool(seat),
            "text": text,
            "button": bool(self._find("tariff")) and self._get_button(seat),
        }

    def _get_step_month(self):
        statement = self._get_open_statement()
        button = self.env._("Open the month")
        text = self.env._("What each space is owed, to be confirmed and billed.")
        if statement:
            button = self.env._("Go on")
            if statement.state != "confirmed":
                text = self.env._("%s is to be confirmed.", statement.name)
            elif self.env.user.has_group(ACCOUNTANT):
                text = self.env._("%s is confirmed: make its bill.", statement.name)
            else:
                text = self.env._("%s is confirmed: an accountant makes its bill.", statement.name)
        return {"done": False, "text": text, "button": bool(self._find("seat")) and button}

    def _get_button(self, record):
        return self.env._("Add another") if record else self.env._("Begin")

    # === STEPS: WHAT THEY OPEN ===#

    @api.model
    def action_open_accounting(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_accounting_action"
        )

    @api.model
    def action_open_program(self):
        return self._get_dialog(
            "program", "coworking.program", "coworking_program_view_form_first_day"
        )

    @api.model
    def action_open_team(self):
        dialog = self._get_dialog("team", "coworking.program", "coworking_program_view_form_team")
        return {**dialog, "res_id": self._find("program").id}

    @api.model
    def action_open_funder(self):
        program = self._find("program")
        return self._get_dialog(
            "funder",
            "coworking.funding.agreement",
            "coworking_funding_agreement_view_form_first_day",
            default_program_ids=program.ids,
            default_date_from=fields.Date.to_string(program.date_start),
            default_date_to=fields.Date.to_string(program.date_end),
        )

    @api.model
    def action_open_space(self):
        dialog = self._get_dialog(
            "space",
            "coworking.space",
            "coworking_space_view_form_first_day",
            default_state="partner",
            default_date_partner=fields.Date.to_string(self._find("program").date_start),
        )
        unsaid = not self._find("tariff") and self._find("unsaid")
        return {**dialog, "res_id": unsaid.id} if unsaid else dialog

    @api.model
    def action_open_sheet(self):
        """The workbook of the take-over: its sheets of spaces and tariffs, and what one likes."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_take_over_action"
        )
        context = {"dialog_size": "extra-large", "default_program_id": self._find("program").id}
        return {**action, "context": context}

    @api.model
    def action_open_person(self):
        return self._get_dialog("person", "coworking.seat", "coworking_seat_view_form_first_day")

    @api.model
    def action_open_month(self):
        statement = self._get_open_statement()
        if statement:
            return {
                "type": "ir.actions.act_window",
                "res_model": "coworking.statement",
                "res_id": statement.id,
                "views": [(False, "form")],
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "coworking_incubation.coworking_statement_generate_action"
        )
        seats = self.env["coworking.seat"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", HOLDING_STATES),
            ]
        )
        if seats:
            firsts = {
                seat: max(seat.date_start, seat.billed_from or seat.date_start) for seat in seats
            }
            # who left before the first month that is billed here was billed elsewhere
            seats = (
                seats.filtered(lambda seat: (seat.date_end or date.max) >= firsts[seat]) or seats
            )
            action["context"] = {
                "default_date_from": fields.Date.to_string(min(firsts[seat] for seat in seats)),
                "default_program_ids": seats.program_id.ids,
            }
        return action

    def _get_dialog(self, key, model, view, **context):
        return {
            "type": "ir.actions.act_window",
            "name": self._get_titles()[key],
            "res_model": model,
            "views": [(self.env.ref(f"coworking_incubation.{view}").id, "form")],
            "target": "new",
            "context": context,
        }
