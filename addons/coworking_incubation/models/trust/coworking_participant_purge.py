import logging
from datetime import timedelta
from traceback import extract_tb

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL, format_date, split_every

from ...tools import hold, saying_who
from .coworking_purge import mask
from .coworking_retention import NOTICE_DAYS
from .eraser import Eraser

_logger = logging.getLogger(__name__)

# For so long what failed is let be: it would be tried first every night.
RETRY_DAYS = 7
# Registrations that no file was made of, of which nobody is told: they wait as long as a notice.
REGISTRATION_TERM = """
    attendance.stop + make_interval(
        months => COALESCE(LEAST(program.application_months, program.retention_months), 12))
"""
# Since when somebody answers for the terms: for a meeting of no program, one of who led it.
REGISTRATION_CONFIRMED = """
    CASE WHEN attendance.program_id IS NOT NULL THEN program.retention_confirmed_on
         ELSE (SELECT MIN(other.retention_confirmed_on) FROM coworking_program other
                 JOIN res_users leader ON leader.company_id = other.company_id
                WHERE leader.id = attendance.user_id) END
"""


class CoworkingParticipant(models.Model):
    """The scheduled action that gives notice, and then makes files anonymous."""

    _inherit = "coworking.participant"

    @api.model
    def _cron_end_data(self, batch_size=200):
        """One process at a time, which knows whether the others still use a contact.

        :param batch_size: for how many people at a time all that others wrote is looked through
        """
        self._drop_stale_notices()
        with hold(self.env.cr, "coworking_end_data") as is_held:
            if is_held:
                self._end_found(batch_size)
            else:
                _logger.info("End of data: another process is at it")

    @api.model
    def _end_found(self, batch_size):
        """Registrations before files: the name of somebody who is still registered here is not
        taken for theirs alone. So files alone are handed out, once registrations are done with.
        """
        before = (
            (self._find_to_notify(), self._give_notices, True),
            (self._find_registrations(), self._purge_registrations, False),
            (self._find_registered_evidence(), self._purge_registered_evidence, False),
        )
        files = self._find_ending()
        cron = self.env["ir.cron"]
        # after each commit, what is locked is looked at as it is then, not as it was found
        cron._commit_progress(remaining=sum(len(ids) for ids, *__ in before + files))
        if not self._treat_found(before, batch_size):
            return
        # sudo: as in _find_retention
        programs = self.sudo().browse([*files[0][0], *files[1][0]]).program_id
        if programs and cron._hand_out(programs):
            cron._commit_progress(remaining=0)
        else:
            self._treat_found(files, batch_size)

    @api.model
    def _find_ending(self, ids=None):
        return (
            (self._find_to_purge(ids), self._purge_files, True),
            (self._find_evidence_over(ids), self._purge_evidence, True),
        )

    @api.model
    def _end_files_of(self, program, batch_size=200):
        """As the scheduled action does, of one program.

        :return: whether no other process was at the end of data
        """
        with hold(self.env.cr, "coworking_end_data") as is_held:
            if is_held:
                # sudo: as in _find_retention
                files = self.sudo().with_context(active_test=False)
                ids = files.search([("program_id", "=", program.id)]).ids
                self._treat_found(self._find_ending(ids), batch_size)
        return is_held

    @api.model
    def _treat_found(self, steps, batch_size):
        """Batch by batch, each committed whole: whoever kills it leaves no file half anonymous.
        What is locked by others, or fails, is for another day.

        :param steps: tuples of ids, method that takes some of them, and whether they are files
        :return: whether there was time for all
        """
        for found, treat, of_files in steps:
            for ids in split_every(batch_size, found, list):
                self._treat_apart(treat, ids, of_files)
                if not self.env["ir.cron"]._commit_progress(len(ids)):
                    return False
        return True

    @api.model
    def _treat_apart(self, treat, ids, of_files):
        """One that fails keeps no other from its turn. Nobody's name goes to the log: not what the
        error says either, which may quote one.
        """
        try:
            with self.env.cr.savepoint(), saying_who(self.env):
                treat(ids)
        except Exception as error:
            if len(ids) > 1:
                half = len(ids) // 2
                for some in (ids[:half], ids[half:]):
                    self._treat_apart(treat, some, of_files)
                return
            code = getattr(error, "pgcode", None)
            place = extract_tb(error.__traceback__)[-1]
            _logger.error(
                "End of data: %s failed on %s: %s %s at %s:%s",
                *(treat.__name__, ids[0], type(error).__name__, code or ""),
                *(place.filename, place.lineno),
            )
            if of_files and code not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                today = fields.Date.context_today(self)
                self._mark_files(self.browse(ids), purge_failed_on=today)

    @api.model
    def _find_ready(self, domain, ids=None):
        """Of the programs whose terms somebody confirmed, without what failed lately.

        :param ids: where they are looked at again, once nobody else writes them
        """
        # sudo: as in _find_retention. Of files of the others the last contact is not looked for.
        programs = self.env["coworking.program"].sudo().with_context(active_test=False)
        programs = programs.search([("retention_confirmed_on", "!=", False)])
        if not programs:
            return []
        lately = fields.Date.context_today(self) - timedelta(days=RETRY_DAYS)
        calm = Domain("failed_on", "=", False) | Domain("failed_on", "<=", lately)
        confirmed = Domain("program_id", "in", programs.ids)
        among = Domain.TRUE if ids is None else Domain("id", "in", ids)
        return self._find_retention(Domain(domain) & confirmed & calm & among)

    @api.model
    def _find_retention(self, domain):
        # sudo: the end of data is for all, whoever's files they are
        rows = self.env["coworking.retention"].sudo()
        self.env.flush_all()
        return rows.search(domain).ids

    # === NOTICES ===#

    @api.model
    def _find_to_notify(self, ids=None):
        domain = [("may_go", "=", True), ("status", "=", "notice"), ("told", "=", False)]
        return self._find_ready(domain, ids)

    def _drop_stale_notices(self):
        """Notices of an end that moved away: contact was taken up again, a reason was given, a bill
        is open, nobody confirmed the terms. When the end comes near once more, it has a notice of
        its own.
        """
        stale = self._find_retention(
            [
                ("notice_on", "!=", False),
                *("|", "|"),
                ("told", "=", False),
                ("is_confirmed", "=", False),
                ("status", "not in", ("notice", "due")),
                ("status", "not in", ("evidence", "purged")),
            ]
        )
        # sudo: as in _find_retention
        files = self.sudo().with_context(active_test=False).browse(stale).try_lock_for_update()
        files._get_retention_activities().unlink()
        self._mark_files(files, purge_notice_on=None)

    @api.model
    def _give_notices(self, ids):
        """To who follows the person, who covers them, or the coordinator where they are gone."""
        # sudo: as in _find_retention
        locked = self.sudo().browse(ids).try_lock_for_update()
        files = locked.browse(self._find_to_notify(locked.ids))
        rows = self.env["coworking.retention"].sudo().browse(files.ids)
        files._get_retention_activities().unlink()
        today = fields.Date.context_today(self)
        planned = []
        for row in rows:
            user = row.participant_id._get_retention_user()
            spoken = row.participant_id._speak_to_staff(user)
            day = format_date(spoken.env, row.date_purge)
            planned.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": row.id,
                    "activity_type_id": self.env.ref(
                        "coworking_incubation.mail_activity_type_retention"
                    ).id,
                    "user_id": user.id,
                    "date_deadline": row.date_purge - timedelta(days=1),
                    "summary": spoken.env._("File anonymised on %s", day),
                    "note": spoken.env._(
                        "The last contact was on %(last)s. On %(day)s the file is anonymised:"
                        " nothing more is to be done for that. If it is still needed, open it and"
                        " choose Keep longer, with the reason.",
                        last=format_date(spoken.env, row.last_contact),
                        day=day,
                    ),
                }
            )
        # one activity a file, and no mail for each
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            planned
        )
        self._mark_files(files, purge_notice_on=today)

    def _get_retention_user(self):
        self.ensure_one()
        user = self.user_id
        if user.active:
            return self.env["coworking.cover"]._find_in_place_of(user, self.program_id)
        program = self.program_id
        team = (program.user_id | program.accompanist_ids).filtered("active")[:1]
        return team or program._get_responsible()

    @api.model
    def _mark_files(self, files, **values):
        """Written as it is: ``write`` would track it, and look at what depends on a file."""
        if not files:
            return
        self.env.execute_query(
            SQL(
                "UPDATE coworking_participant SET %s WHERE id IN %s RETURNING 1",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
                ),
                tuple(files.ids),
            )
        )
        files.invalidate_recordset(list(values), flush=False)

    # === FILES ===#

    @api.model
    def _find_to_purge(self, ids=None):
        return self._find_ready([("may_go", "=", True), ("status", "=", "due")], ids)

    @api.model
    def _purge_files(self, ids):
        """Those that are still due once nobody else writes them."""
        # sudo: the purge reaches what nobody alone may read
        locked = self.sudo().with_context(active_test=False).browse(ids).try_lock_for_update()
        still = self._find_to_purge(locked.ids)
        rows = self.env["coworking.retention"].sudo().browse(still)
        if not rows:
            return
        files = locked.browse(still)
        today = fields.Date.context_today(self)
        over = rows.filtered(lambda row: row._is_evidence_over(today)).mapped("id")
        facts = {row.id: row._prepare_log() for row in rows}
        partners = {file.id: file.partner_id for file in files}
        eraser = Eraser(self.env)
        eraser.erase_files(files, files.browse(over))
        self._mark_files(files, purged_on=today, purge_notice_on=None, purge_failed_on=None)
        self._mark_files(files.browse(over), evidence_purged_on=today)
        people = {file.id: person for file, person in eraser.people.items()}
        logged = []
        for file in files:
            partner = partners[file.id]
            # what other organisations hold is not for this one's log
            uses = eraser.get_tables_of(partner, file.company_id)
            logged.append(
                {
                    **facts[file.id],
                    "masked_name": mask(people[file.id].name),
                    "masked_email": mask(people[file.id].email),
                    "contact": eraser.get_fate(partner),
                    "contact_uses": ", ".join(sorted(uses)),
                    "counts": dict(eraser.counts[file.id]),
                    "record_count": sum(eraser.counts[file.id].values()),
                }
            )
        self.env["coworking.purge"]._log_purge(logged)
        self.env["res.partner"].union(*partners.values())._coworking_forget_files()

    # === EVIDENCE ===#

    @api.model
    def _find_evidence_over(self, ids=None):
        over = Domain("evidence_until", "<", fields.Date.context_today(self))
        # sudo: as in _find_retention. Of programs without one, no stay is looked at.
        agreements = self.env["coworking.funding.agreement"].sudo().with_context(active_test=False)
        domain = [
            ("program_id", "in", agreements.search(over).program_ids.ids),
            ("is_purged", "=", True),
            ("status", "=", "evidence"),
            ("evidence_without_end", "=", False),
        ]
        return self._find_ready(Domain(domain) & over, ids)

    @api.model
    def _purge_evidence(self, ids):
        # sudo: as for files
        locked = self.sudo().with_context(active_test=False).browse(ids).try_lock_for_update()
        files = locked.browse(self._find_evidence_over(locked.ids))
        rows = self.env["coworking.retention"].sudo().browse(files.ids)
        facts = [{**row._prepare_log(), "rule": "evidence"} for row in rows]
        eraser = Eraser(self.env)
        self.env.flush_all()
        eraser.erase_evidence(files)
        self.env.invalidate_all(flush=False)
        today = fields.Date.context_today(self)
        self._mark_files(files, evidence_purged_on=today, purge_failed_on=None)
        for fact in facts:
            fact["counts"] = dict(eraser.counts[fact["participant_id"]])
            fact["record_count"] = sum(fact["counts"].values())
        self.env["coworking.purge"]._log_purge(facts)

    # === REGISTRATIONS ===#

    @api.model
    def _find_registrations(self, ids=None):
        """People at meetings of whom no file was made, months after the meeting."""
        return self._find_attendances(
            SQL(
                """attendance.purged_on IS NULL AND %(confirmed)s IS NOT NULL
                AND GREATEST(%(term)s, %(confirmed)s) + make_interval(days => %(notice)s)
                    <= now() AT TIME ZONE 'UTC'""",
                confirmed=SQL(REGISTRATION_CONFIRMED),
                term=SQL(REGISTRATION_TERM),
                notice=NOTICE_DAYS,
            ),
            ids,
        )

    @api.model
    def _find_registrations_over(self, programs):
        """Those that go, now or in thirty days, once the terms are confirmed."""
        return self._find_attendances(
            SQL(
                "attendance.purged_on IS NULL AND attendance.program_id = ANY(%s)"
                " AND %s <= now() AT TIME ZONE 'UTC'",
                programs.ids,
                SQL(REGISTRATION_TERM),
            )
        )

    @api.model
    def _find_registered_evidence(self, ids=None):
        """As for files: only where agreements cover the day and each says one that is over."""
        return self._find_attendances(
            SQL(
                """attendance.purged_on IS NOT NULL AND %s IS NOT NULL
                AND EXISTS (SELECT FROM coworking_attendance_signature signature
                             WHERE signature.attendance_id = attendance.id)
                AND (SELECT BOOL_AND(COALESCE(agreement.evidence_until < CURRENT_DATE, FALSE))
                       FROM coworking_funding_agreement agreement
                       JOIN coworking_agreement_program_rel link
                         ON link.agreement_id = agreement.id
                      WHERE link.program_id = attendance.program_id
                        AND attendance.date BETWEEN agreement.date_from AND agreement.date_to)""",
                SQL(REGISTRATION_CONFIRMED),
            ),
            ids,
        )

    @api.model
    def _find_attendances(self, where, ids=None):
        self.env.flush_all()
        among = SQL("TRUE") if ids is None else SQL("attendance.id = ANY(%s)", list(ids))
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT attendance.id FROM coworking_attendance attendance
                    LEFT JOIN coworking_program program ON program.id = attendance.program_id
                        WHERE attendance.participant_id IS NULL AND %s AND %s
                     ORDER BY attendance.id""",
                    among,
                    where,
                )
            )
        ]

    @api.model
    def _purge_registrations(self, ids):
        # sudo: as for files
        rows = self.env["coworking.attendance"].sudo().browse(ids).try_lock_for_update()
        rows = rows.browse(self._find_registrations(rows.ids))
        facts = {row.id: row._prepare_purge_log() for row in rows}
        people = Eraser(self.env).erase_registrations(rows.ids) if rows else {}
        self.env["coworking.purge"]._log_purge(
            [
                {
                    **facts[row_id],
                    "rule": "registration",
                    "masked_name": mask(person.name),
                    "masked_email": mask(person.email),
                    "record_count": 1,
                }
                for row_id, person in people.items()
            ]
        )

    @api.model
    def _purge_registered_evidence(self, ids):
        # sudo: as for files
        rows = self.env["coworking.attendance"].sudo().browse(ids).try_lock_for_update()
        still = self._find_registered_evidence(rows.ids)
        if not still:
            return
        facts = [row._prepare_evidence_log() for row in rows.browse(still)]
        self.env.flush_all()
        Eraser(self.env).erase_signed(SQL("id IN %s", tuple(still)))
        self.env.invalidate_all(flush=False)
        self.env["coworking.purge"]._log_purge(facts)
