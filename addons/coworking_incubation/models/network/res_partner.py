from odoo import api, fields, models
from odoo.fields import Domain

from ...pricing_inputs import PRICING_INPUTS
from ...tools import filter_known


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "coworking.used.mixin"]

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
    is_coworking_space = fields.Boolean(
        string="Coworking Space",
        compute="_compute_coworking_roles",
        search="_search_is_coworking_space",
    )
    is_coworking_funder = fields.Boolean(
        string="Funder", compute="_compute_coworking_roles", search="_search_is_coworking_funder"
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
        sites = self._coworking_count("coworking.space", "partner_id")
        operated = self._coworking_count("coworking.space", "operator_id")
        agreements = self._coworking_count("coworking.funding.agreement", "partner_id")
        for partner in self:
            partner.coworking_space_count = max(
                sites.get(partner.id, 0), operated.get(partner.id, 0)
            )
            partner.coworking_agreement_count = agreements.get(partner.id, 0)

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
        space_ids = set((spaces.partner_id | spaces.operator_id).ids)
        funder_ids = {
            partner.id
            for (partner,) in self.env["coworking.funding.agreement"]
            .sudo()
            ._read_group([("partner_id", "in", self.ids)], ["partner_id"])
        }
        for partner in self:
            partner.is_coworking_space = partner.id in space_ids
            partner.is_coworking_funder = partner.id in funder_ids

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
        return self._search_coworking_role(operator, *self._get_fields_naming_operators())

    @api.model
    def _get_fields_naming_operators(self):
        """(model, field) of each way to point at who runs a space, or ran it."""
        return [("coworking.space", "partner_id"), ("coworking.space", "operator_id")]

    @api.model
    def _search_is_coworking_funder(self, operator, value):
        return self._search_coworking_role(operator, ("coworking.funding.agreement", "partner_id"))

    def _coworking_get_address_words(self):
        """Who would be written to, and where: ``Mona Petit (mona@example.com)``."""
        return ", ".join(
            f"{partner.name} ({partner.email})"
            if partner.email
            else self.env._("%s (no e-mail)", partner.name)
            for partner in self
        )

    # === CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        if PRICING_INPUTS[self._name] & vals.keys() and (known := filter_known(self)):
            self.env["coworking.space"]._taxes_changed(Domain("operator_id", "in", known.ids))
        if {"country_id", "zip"} & vals.keys():
            self._coworking_holidays_changed()
        if vals.get("active") is False:
            self.env["coworking.portal.link"]._revoke_links_of(self)
        return result

    def _coworking_holidays_changed(self):
        """Which days off of a company are public holidays, and so change no price, depends on where
        it is: see ``coworking.space._is_public_holiday``.
        """
        # sudo: whoever edits an address need not know companies and their days off
        companies = self.env["res.company"].sudo().search([("partner_id", "in", self.ids)])
        if companies:
            leaves = self.env["resource.calendar.leaves"].sudo()
            leaves = leaves.search(leaves._get_closing_domain_of(companies))
            leaves._coworking_closures_changed()

    # === ACTION METHODS ===#

    def _coworking_action(self, xml_id, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"coworking_incubation.{xml_id}")
        action["domain"] = domain
        action["context"] = {}
        return action

    def action_open_coworking_spaces(self):
        return self._coworking_action(
            "coworking_space_action",
            ["|", ("partner_id", "=", self.id), ("operator_id", "=", self.id)],
        )

    def action_open_coworking_agreements(self):
        return self._coworking_action(
            "coworking_funding_agreement_action", [("partner_id", "=", self.id)]
        )
