import re
from datetime import date

from odoo import api, models
from odoo.fields import Domain

from ... import invoice_reader

# As in the name of a statement; of two that follow each other the second begins where one ends.
MONTH = re.compile(r"(?=-([12][0-9]{3})-(0[1-9]|1[0-2])-)")


class CoworkingInvoiceFile(models.Model):
    """Who sent a received file, and for which month it is."""

    _inherit = "coworking.invoice.file"

    def _identify_sender(self, facts, text):
        """Find the operator and the statement that the file is for.

        :param facts: what its electronic invoice says, if it has one
        :param text: what is written in it
        :return: (cause, detail) when somebody has to say it
        """
        if facts and facts.seller_ids:
            seller = self._find_operator_by_ids(facts.seller_ids, self.company_id)
            if self.operator_id and seller != self.operator_id:
                own = self._get_ids_of(self.operator_id)
                if seller or own:
                    return "other_seller", facts.seller_name or ", ".join(facts.seller_ids)
            self.operator_id = self.operator_id or seller
        quoted, others = self._find_quoted_statements(f"{self.name} {text}")
        if others and self.detail != others:  # else somebody has chosen since
            return "other_operator", others
        is_other = quoted and self.statement_id and self.statement_id != quoted
        if is_other and self._is_repeated_for(quoted.name):
            self._give_to(quoted)
        elif is_other and self.detail != quoted.name:
            return "other_statement", quoted.name
        self.statement_id = self.statement_id or quoted
        self.operator_id = self.operator_id or self.statement_id.operator_id
        if not self.operator_id:
            return "unknown_operator", facts.seller_name if facts else self.sender_id.display_name
        return None

    @api.model
    def _get_ids_of(self, partner):
        """Numbers that identify a company: VAT, SIREN or SIRET."""
        partner = partner.commercial_partner_id
        return {
            number
            for text in (partner.vat, partner.company_registry)
            if (number := invoice_reader.normal_id(text))
        }

    @api.model
    def _get_operators(self, company):
        """Who bills seats to a company."""
        spaces = self.env["coworking.space"].with_context(active_test=False)
        own = [("company_id", "=", company.id)]
        # sudo: who billed a space is no more than who bills it
        statements = self.env["coworking.statement"].sudo()
        ((former,),) = statements._read_group(own, [], ["operator_id:recordset"])
        return spaces.search(own).operator_id | former.with_env(self.env)

    @api.model
    def _get_spaces_run_by(self, operator):
        """Spaces that an operator bills for, or billed for in some month."""
        spaces = self.env["coworking.space"]
        return spaces._get_run_by(operator).get(operator.commercial_partner_id, spaces)

    @api.model
    def _find_operator_by_ids(self, seller_ids, company):
        """The operator that one of these numbers identifies, if any."""
        for operator in self._get_operators(company):
            own = self._get_ids_of(operator)
            if any(invoice_reader.same_company(one, other) for one in own for other in seller_ids):
                return operator
        return self.env["res.partner"]

    def _find_quoted_statement(self, text):
        """The one statement whose reference stands in a text, if it is one of this operator."""
        return self._find_quoted_statements(text)[0]

    def _find_quoted_statements(self, text):
        """What a text names.

        A PDF may break a line after a hyphen, or have another sign for it. Of two references of
        which one begins with the other, the longer one is meant.

        :return: the one statement of this operator whose reference stands in it, or none; where it
            names none of its own, the references of other operators that it names, as one text
        """
        Statement = self.env["coworking.statement"]
        text = re.sub(r"[\u00ad\u2010-\u2013\u2212]", "-", text.upper())
        text = re.sub(r"-\s*\n\s*", "-", text)
        # Each reference has its month in the middle: of other months none is read.
        months = {date(int(year), int(month), 1) for year, month in MONTH.findall(text)}
        if not months:
            return Statement, ""
        quoted = Statement.search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "in", list(months)),
                ("state", "!=", "cancelled"),
            ],
            ["name"],
        ).filtered(
            lambda statement: (
                statement.name.upper() in text  # quick, where the whole word is not
                and re.search(
                    rf"(?<![A-Z0-9]){re.escape(statement.name.upper())}(?![A-Z0-9])", text
                )
            )
        )
        names = quoted.mapped("name")
        quoted = quoted.filtered(
            lambda row: not any(name.startswith(f"{row.name}-") for name in names)
        )
        own = quoted.filtered(
            lambda row: (
                not self.operator_id
                or row == self.statement_id
                or self.operator_id in (row.operator_id | row.charge_ids.operator_id)
            )
        )
        others = "" if own else ", ".join(sorted(quoted.mapped("name")))
        return own if len(own) == 1 else Statement, others

    # === HANDED IN FOR ANOTHER MONTH ===#

    def _is_repeated_for(self, reference):
        """Whether the same operator handed the same file in for the statement of this reference as
        well: then that is the month it is for.
        """
        return bool(
            reference
            and self.checksum
            and self.with_context(active_test=False).search_count(
                [
                    ("checksum", "=", self.checksum),
                    ("company_id", "=", self.company_id.id),
                    ("operator_id", "=", self.operator_id.id),
                    ("statement_id.name", "=", reference),
                    ("id", "!=", self.id),
                ],
                limit=1,
            )
        )

    def _is_repeated_elsewhere(self):
        """Whether what it repeats is the bill of another month than it was handed in for."""
        # sudo: who sees the file is told, whoever may read the bill
        first = self.state == "duplicate" and self.sudo().move_id.coworking_statement_id
        return bool(first and self.statement_id and first != self.statement_id)

    def _give_to(self, statement):
        """It was handed in for another month first."""
        self._message_log(
            body=self.env._(
                "Handed in for %(first)s, then for %(statement)s, which it names: it is read for"
                " %(statement)s.",
                first=self.statement_id.name,
                statement=statement.name,
            )
        )
        self.statement_id = statement

    def _ask_doubtful_again(self):
        """Once a bill of a month is there, what was handed in for another one and names this one is
        read anew: it may be the same bill.
        """
        self.search(
            Domain("to_handle", "=", True)
            & Domain("cause", "=", "other_statement")
            & Domain("detail", "=", self.statement_id.name)
            & Domain("operator_id", "=", self.operator_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
        )._read_anew()

    def _read_anew(self):
        """Have these read again, by what is known now, though somebody had put them away."""
        if self:
            self.write({"state": "waiting", "cause": False, "detail": False, "active": True})
            self._wake_reader()
