import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..base.processing import ACCESS


class CoworkingRegistrationAttempt(models.Model):
    """How often somebody sent the public form: kept in the database, for all workers.

    Neither the network address nor the e-mail is kept, only a hash of each that cannot be guessed
    back without the database's own secret; a day later it is gone.
    """

    _name = "coworking.registration.attempt"
    _description = "Attempt to Register"
    _processing = ACCESS
    _inherit = ["coworking.record.mixin"]
    _log_access = False

    source = fields.Char(required=True)
    at = fields.Datetime(required=True)

    _source_idx = models.Index("(source, at)")

    @api.model
    def _is_too_many(self, network, address, adviser=None):
        """Count this attempt, and say whether there were too many of late.

        In a transaction of its own, one at a time: a burst is counted as it comes, and what was
        counted stays when the request fails.

        :param network: network address of the visitor
        :param address: e-mail or phone, as it is compared
        :param adviser: e-mail of the adviser who would be written to: they may register a group
        """
        now = fields.Datetime.now()
        setting = self.env["ir.config_parameter"]._coworking_get
        since = now - timedelta(minutes=setting("registration_limit_minutes"))
        sources = {
            self._hash_address("network", network or ""): setting("registration_limit_network"),
            self._hash_address("address", address or ""): setting("registration_limit_address"),
        }
        if adviser:
            sources[self._hash_address("adviser", adviser)] = setting("registration_limit_network")
        with self.env.registry.cursor() as cr:
            # The first statement: what is read after it was committed before.
            cr.execute("LOCK TABLE coworking_registration_attempt IN SHARE UPDATE EXCLUSIVE MODE")
            # sudo: nobody has any right on attempts
            attempts = self.with_env(self.env(cr=cr)).sudo()
            counts = dict(
                attempts._read_group(
                    [("source", "in", list(sources)), ("at", ">", since)], ["source"], ["__count"]
                )
            )
            attempts.create([{"source": source, "at": now} for source in sources])
        return any(counts.get(source, 0) >= limit for source, limit in sources.items())

    @api.model
    def _hash_address(self, kind, text):
        # sudo: the secret of the database
        return hmac(self.env(su=True), f"coworking_{kind}", text, hash_function=hashlib.sha256)

    @api.autovacuum
    def _gc_attempts(self):
        old = self.sudo().search(  # sudo: nobody has any right on attempts
            [("at", "<", fields.Datetime.now() - timedelta(days=1))], limit=GC_UNLINK_LIMIT
        )
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
