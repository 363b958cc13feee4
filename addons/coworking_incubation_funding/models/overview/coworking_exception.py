from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from odoo.addons.coworking_incubation.models.network.coworking_dashboard import COORDINATOR
from odoo.addons.coworking_incubation.models.steering.coworking_exception import (
    MONEY_ROLES,
    SOON,
    URGENT,
    Kind,
)

from ..claim.coworking_claim import OPEN_STEPS

# A claim is to be sent so many days before its instalment; one that is paid so late is reminded of.
AHEAD_DAYS = 30
LATE_DAYS = 30

RETURNED = """
    SELECT claim.id, NULL::integer AS program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, agreement.partner_id, NULL::integer AS user_id,
           claim.company_id, claim.date_returned::date AS since, NULL::numeric AS amount
      FROM coworking_claim claim
      JOIN coworking_funding_agreement agreement ON agreement.id = claim.agreement_id
     WHERE claim.step = 'returned'
"""
# What a funder does not pay without a claim, by what was sent for it: the claim that it is linked
# to; else those from when it was to be sent on. Of what is closed for good nothing is to be sent.
INSTALMENT = f"""
    SELECT instalment.id, NULL::integer AS program_id, NULL::integer AS space_id,
           NULL::integer AS participant_id, agreement.partner_id, NULL::integer AS user_id,
           instalment.company_id, {{since}} AS since,
           instalment.amount - COALESCE(instalment.amount_received, 0) AS amount
      FROM coworking_funding_instalment instalment
      JOIN coworking_funding_agreement agreement ON agreement.id = instalment.agreement_id
     WHERE agreement.active AND instalment.kind != 'advance'
       AND COALESCE(instalment.amount_received, 0) < instalment.amount
       AND instalment.date_planned <= %(until)s
       AND {{sent}} (
           SELECT FROM coworking_claim claim
            WHERE claim.agreement_id = agreement.id AND {{claim}}
              AND (claim.id = instalment.claim_id OR instalment.claim_id IS NULL
                   AND claim.date_submitted >= instalment.date_planned - {AHEAD_DAYS}))
"""  # nosec B608 # of constants
CLAIM_DUE = INSTALMENT.format(
    since=f"instalment.date_planned - {AHEAD_DAYS}",
    sent="agreement.date_claims_closed IS NULL AND NOT EXISTS",
    claim="claim.state IN ('submitted', 'accepted', 'paid')",
)
PAYMENT_LATE = INSTALMENT.format(
    since="instalment.date_planned",
    sent="EXISTS",
    claim="claim.state IN ('submitted', 'accepted') AND claim.date_submitted::date <= %(until)s",
)


class CoworkingException(models.Model):
    """What the money of funders waits for."""

    _inherit = "coworking.exception"
    _depends = {
        "coworking.claim": ["agreement_id", "date_returned", "date_submitted", "state", "step"],
        "coworking.funding.agreement": ["active", "date_claims_closed", "partner_id"],
        "coworking.funding.instalment": [
            "amount",
            "amount_received",
            "claim_id",
            "date_planned",
            "kind",
        ],
    }

    kind = fields.Selection(
        selection_add=[
            ("claim_returned", "Claim returned"),
            ("claim_due", "Claim to send"),
            ("payment_late", "Funder to remind"),
        ],
        ondelete={
            "claim_returned": "cascade",
            "claim_due": "cascade",
            "payment_late": "cascade",
        },
    )

    @api.model
    def _get_kinds(self):
        coordinate, instalment = (COORDINATOR,), "coworking.funding.instalment"
        return [
            *super()._get_kinds(),
            Kind("claim_returned", 32, URGENT, "money", "coworking.claim", MONEY_ROLES),
            Kind("claim_due", 33, SOON, "money", instalment, MONEY_ROLES),
            Kind("payment_late", 34, SOON, "money", instalment, coordinate),
        ]

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "claim_returned": self.env._("Mend"),
            "claim_due": self.env._("Prepare the Claim"),
            "payment_late": self.env._("Remind"),
        }

    def _select_claim_returned(self):
        return SQL(RETURNED)

    def _describe_claim_returned(self, claims):
        return {
            claim.id: f"{claim.display_name} · {claim.return_comment or ''}" for claim in claims
        }

    def _select_claim_due(self):
        return SQL(CLAIM_DUE, until=self._get_today() + timedelta(days=AHEAD_DAYS))

    def _describe_claim_due(self, instalments):
        text = self.env._("%(agreement)s: expected on %(day)s, nothing is asked for")
        return self._describe_instalments(instalments, text)

    def _select_payment_late(self):
        return SQL(PAYMENT_LATE, until=self._get_today() - timedelta(days=LATE_DAYS))

    def _describe_payment_late(self, instalments):
        text = self.env._("%(agreement)s: expected on %(day)s, asked for and not paid")
        return self._describe_instalments(instalments, text)

    def _describe_instalments(self, instalments, text):
        return {
            row.id: text
            % {
                "agreement": row.agreement_id.display_name,
                "day": format_date(self.env, row.date_planned),
            }
            for row in instalments
        }

    def _settle_claim_due(self, instalment):
        """The claim that is being prepared, or a new one."""
        agreement = instalment.agreement_id
        drafts = agreement.claim_ids.filtered(lambda claim: claim.step in OPEN_STEPS)
        if drafts:
            return (instalment.claim_id & drafts or drafts)[0]._get_records_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": "coworking.claim",
            "views": [(False, "form")],
            "context": {"default_agreement_id": agreement.id},
        }

    def _settle_payment_late(self, instalment):
        return instalment.agreement_id._get_records_action()

    def _open_payment_late(self, instalment):
        return instalment.agreement_id._get_records_action()
