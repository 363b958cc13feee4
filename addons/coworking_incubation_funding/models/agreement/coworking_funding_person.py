from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.coworking_incubation.models.base.processing import MONEY
from odoo.addons.coworking_incubation.tools import parse_domain


class CoworkingFundingPerson(models.Model):
    """Whether somebody belongs to the public of an agreement, as it was when they entered.

    Looked up once, when their entry is written down, or, for an agreement that is made later, when
    their first cost is parted: what becomes of them afterwards changes nothing. It is looked up
    again where the agreement describes another public, or is asked to.
    """

    _name = "coworking.funding.person"
    _description = "Person of the Public of a Funder"
    _processing = MONEY
    _inherit = ["coworking.record.mixin"]
    _order = "agreement_id, participant_id"

    agreement_id = fields.Many2one(
        "coworking.funding.agreement", required=True, readonly=True, ondelete="cascade"
    )
    participant_id = fields.Many2one(
        "coworking.participant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    belongs = fields.Boolean(readonly=True, groups="coworking_incubation.group_coworking_sensitive")

    _once = models.Constraint(
        "UNIQUE(agreement_id, participant_id)",
        "Whether a person belongs to the public of an agreement is said once.",
    )

    def _look_up(self, agreements, participants):
        """Say it of those of whom it is not said yet.

        :return: dict participant id -> set of ids of the agreements to whose public they belong
        """
        result, vals_list = self._find_publics(agreements, participants)
        self.create(vals_list)
        return result

    def _find_publics(self, agreements, participants):
        """
        :return: (dict participant id -> set of ids of the agreements to whose public they belong,
            values of what is not said yet)
        """
        choosing = agreements.filtered("public_domain")
        # of whom everything was erased, nothing says it any more but what was paid
        gone = participants.filtered("purged_on")
        participants -= gone
        known = self.search_fetch(
            Domain("agreement_id", "in", choosing.ids)
            & Domain("participant_id", "in", participants.ids),
            ["agreement_id", "participant_id", "belongs"],
        )
        said = {(row.agreement_id.id, row.participant_id.id): row.belongs for row in known}
        vals_list = []
        for agreement in choosing:
            missing = participants.filtered(
                lambda file, key=agreement.id: (key, file.id) not in said
            )
            if not missing:
                continue
            domain = parse_domain(agreement.public_domain)
            inside = missing.with_context(active_test=False).search(
                Domain("id", "in", missing.ids) & domain
            )
            for file in missing:
                said[agreement.id, file.id] = file in inside
                # Who has not entered yet may still change.
                if file.date_entry:
                    vals_list.append(
                        {
                            "agreement_id": agreement.id,
                            "participant_id": file.id,
                            "belongs": file in inside,
                        }
                    )
        said |= dict.fromkeys(self._get_taking_part(choosing, gone), True)
        result = {file.id: set((agreements - choosing).ids) for file in participants | gone}
        for (agreement_id, file_id), belongs in said.items():
            if belongs:
                result[file_id].add(agreement_id)
        return result, vals_list

    @api.model
    def _get_taking_part(self, agreements, participants):
        """Hook of who parts costs: whom these agreements take part in already.

        :return: set of (agreement id, participant id)
        """
        return set()
