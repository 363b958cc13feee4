import hashlib
import hmac
from base64 import b32encode

from odoo import api, fields, models

KEY_PARAMETER = "coworking_incubation_funding.token_secret"
TOKEN_CHARACTERS = 10


class CoworkingParticipant(models.Model):
    """What figures and exports tell of a file: an age, and a token in place of the name."""

    _inherit = "coworking.participant"

    age_at_entry = fields.Integer(
        compute="_compute_age_at_entry",
        groups="coworking_incubation.group_coworking_sensitive",
        help="In years, on the day of the entry, or of the application before there is one.",
    )
    funding_token = fields.Char(
        string="Token",
        compute="_compute_funding_token",
        help="Stands for the person where no name may: always the same, also once the file is"
        " anonymised.",
    )

    @api.depends("birth_date", "date_entry", "date_application")
    def _compute_age_at_entry(self):
        for file in self:
            day = file.date_entry or file.date_application
            birth = file.birth_date
            known = day and birth and birth <= day
            # born on a 29th of February: a year older on the 1st of March, as PostgreSQL counts
            not_yet = known and (day.month, day.day) < (birth.month, birth.day)
            file.age_at_entry = day.year - birth.year - not_yet if known else 0

    def _compute_funding_token(self):
        tokens = self.env["coworking.participant"]._get_tokens(self.ids)
        for file in self:
            file.funding_token = tokens.get(file._origin.id, False)

    @api.model
    def _get_tokens(self, ids, purpose=""):
        """What stands for people where their names may not.

        Whoever has not the key, which is kept in this database alone, cannot tell whose a token is;
        two purposes have tokens of their own, which cannot be laid side by side.

        :param ids: of files
        :param purpose: the same tokens each time for the same
        :return: dict id -> token
        """
        # sudo: the key is nobody's to read
        key = self.env["ir.config_parameter"].sudo().get_param(KEY_PARAMETER)
        tokens = {}
        for file_id in ids:
            seal = hmac.digest(key.encode(), f"{purpose}:{file_id}".encode(), hashlib.sha256)
            tokens[file_id] = b32encode(seal).decode()[:TOKEN_CHARACTERS]
        return tokens

    @api.model
    def _purge_files(self, ids):
        """What figures tell of the situation of these people leads to them no more."""
        result = super()._purge_files(ids)
        # sudo: the end of data is for all, whoever's files they are
        purged = self.sudo().with_context(active_test=False).browse(ids).filtered("purged_on")
        self.env["coworking.report.figure"].sudo()._cut_links(purged)
        return result
