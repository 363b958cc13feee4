from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..pricing_inputs import PRICING_INPUTS
from ..tools import phone_key, words_of


class ResPartner(models.Model):
    _inherit = "res.partner"

    coworking_participant_ids = fields.One2many(
        "coworking.participant",
        "partner_id",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_space_ids = fields.One2many(
        "coworking.space",
        "partner_id",
        string="Coworking Sites",
        groups="coworking_incubation.group_coworking_accompanist,"
        "coworking_incubation.group_coworking_accountant",
    )
    coworking_participant_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_space_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist,"
        "coworking_incubation.group_coworking_accountant",
    )
    coworking_agreement_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    coworking_prescribed_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_accident_cover = fields.Boolean(
        string="Covers Work Accidents",
        help="Whether a prescription by this structure gives accident-at-work cover (France:"
        " article L.412-8 11° of the social security code; not APEC).",
        groups="base.group_user",
    )
    is_coworking_space = fields.Boolean(
        string="Coworking Space",
        compute="_compute_coworking_roles",
        search="_search_is_coworking_space",
    )
    is_coworking_funder = fields.Boolean(
        string="Funder", compute="_compute_coworking_roles", search="_search_is_coworking_funder"
    )
    is_coworking_prescriber = fields.Boolean(
        string="Prescriber",
        compute="_compute_coworking_roles",
        search="_search_is_coworking_prescriber",
    )

    def _coworking_count(self, model, field_name, domain=()):
        """How many records of a model point at each of these partners, as the user may see them."""
        records = self.env[model]
        if not records.has_access("read") or not records._has_field_access(
            records._fields[field_name], "read"
        ):
            return {}
        return {
            partner.id: count
            for partner, count in self.env[model]._read_group(
                [(field_name, "in", self.ids), *domain], [field_name], ["__count"]
            )
        }

    @api.depends_context("uid")
    def _compute_coworking_counts(self):
        participants = self._coworking_count("coworking.participant", "partner_id")
        sites = self._coworking_count("coworking.space", "partner_id")
        operated = self._coworking_count("coworking.space", "operator_id")
        agreements = self._coworking_count("coworking.funding.agreement", "partner_id")
        prescribed = self._coworking_count("coworking.participant", "prescriber_id")
        for partner in self:
            partner.coworking_participant_count = participants.get(partner.id, 0)
            partner.coworking_space_count = max(
                sites.get(partner.id, 0), operated.get(partner.id, 0)
            )
            partner.coworking_agreement_count = agreements.get(partner.id, 0)
            partner.coworking_prescribed_count = prescribed.get(partner.id, 0)

    def _compute_coworking_roles(self):
        """Roles are facts about organisations, the same for everybody: counted with sudo."""
        spaces = (
            self.env["coworking.space"]
            .sudo()
            .search_fetch(
                ["|", ("partner_id", "in", self.ids), ("operator_id", "in", self.ids)],
                ["partner_id", "operator_id"],
            )
        )
        space_ids = set((spaces.partner_id | spaces.operator_id).ids) | {
            partner.id
            for (partner,) in self.env["coworking.statement"]
            .sudo()
            ._read_group([("operator_id", "in", self.ids)], ["operator_id"])
        }
        funder_ids = {
            partner.id
            for (partner,) in self.env["coworking.funding.agreement"]
            .sudo()
            ._read_group([("partner_id", "in", self.ids)], ["partner_id"])
        }
        prescriber_ids = {
            partner.id
            for (partner,) in self.env["coworking.participant"]
            .sudo()
            ._read_group([("prescriber_id", "in", self.ids)], ["prescriber_id"])
        }
        for partner in self:
            partner.is_coworking_space = partner.id in space_ids
            partner.is_coworking_funder = partner.id in funder_ids
            partner.is_coworking_prescriber = partner.id in prescriber_ids

    def _search_coworking_role(self, operator, *fields_of_models):
        """Partners that some record points at, whatever the user may see of it.

        :param fields_of_models: (model, name of the field) of each way to point at them
        """
        if operator != "in":
            return NotImplemented
        # sudo: see _compute_coworking_roles
        partner_ids = {
            partner.id
            for model, name in fields_of_models
            for (partner,) in self.env[model].sudo()._read_group([(name, "!=", False)], [name])
        }
        return [("id", "in", list(partner_ids))]

    @api.model
    def _search_is_coworking_space(self, operator, value):
        return self._search_coworking_role(
            operator,
            ("coworking.space", "partner_id"),
            ("coworking.space", "operator_id"),
            ("coworking.statement", "operator_id"),
        )

    @api.model
    def _search_is_coworking_funder(self, operator, value):
        return self._search_coworking_role(operator, ("coworking.funding.agreement", "partner_id"))

    @api.model
    def _search_is_coworking_prescriber(self, operator, value):
        return self._search_coworking_role(operator, ("coworking.participant", "prescriber_id"))

    def _retrieve_partner(
        self, name=None, phone=None, email=None, vat=None, domain=None, company=None
    ):
        """While a received bill is decoded its operator is known: no other contact is looked for,
        and none is made.
        """
        if operator_id := self.env.context.get("coworking_operator_id"):
            return self.env["res.partner"].browse(operator_id)
        return super()._retrieve_partner(
            name=name, phone=phone, email=email, vat=vat, domain=domain, company=company
        )

    # === CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys():
            self.env["coworking.space"]._taxes_changed(Domain("operator_id", "in", self.ids))
        if vals.get("active") is False:
            self.env["coworking.portal.link"]._revoke(self)
        return result

    # === BUSINESS METHODS ===#

    @api.model
    def _coworking_find_person(self, name, email, phone):
        """The one contact with this name, and this e-mail or phone, however they are typed."""
        address, number = email_normalize(email or ""), phone_key(phone)
        domains = []
        if address:
            domains.append(Domain("email_normalized", "=", address))
        if number:
            # the digits in their order, whatever is written between them
            domains.append(Domain("phone", "like", "%".join(number)))
        if not domains:
            return self.browse()
        words = words_of(name)
        found = self.search(Domain("is_company", "=", False) & Domain.OR(domains)).filtered(
            lambda partner: (
                words_of(partner.name) == words
                and (
                    (address and partner.email_normalized == address)
                    or (number and phone_key(partner.phone) == number)
                )
            )
        )
        return found if len(found) == 1 else self.browse()

    # === ACTION METHODS ===#

    def _coworking_action(self, xml_id, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"coworking_incubation.{xml_id}")
        action["domain"] = domain
        action["context"] = {}
        return action

    def action_open_coworking_participants(self):
        return self._coworking_action(
            "coworking_participant_action", [("partner_id", "=", self.id)]
        )

    def action_open_coworking_prescribed(self):
        return self._coworking_action(
            "coworking_participant_action", [("prescriber_id", "=", self.id)]
        )

    def action_open_coworking_spaces(self):
        return self._coworking_action(
            "coworking_space_action",
            ["|", ("partner_id", "=", self.id), ("operator_id", "=", self.id)],
        )

    def action_open_coworking_agreements(self):
        return self._coworking_action(
            "coworking_funding_agreement_action", [("partner_id", "=", self.id)]
        )
