import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import day_in_words

# For how long after a file was closed its adviser still reads how it ended, and the person may
# retract it on their page.
CLOSED_DAYS = 60


class CoworkingParticipant(models.Model):
    """What the adviser who referred somebody hears of them: the step and its dates, as far as the
    person agreed.

    The person agrees towards the organisation, and the one adviser whom the file names reads it:
    not their colleagues, who have no business with it. For another organisation the person is asked
    anew; another adviser of the same one takes over.
    """

    _inherit = "coworking.participant"

    prescriber_agreed = fields.Boolean(
        string="Agrees to Be Followed",
        copy=False,
        tracking=True,
        help="The person agreed that their adviser at the referring organisation reads the step"
        " they are at and its dates: nothing else. They take it back on their page, or you here.",
    )
    prescriber_agreed_on = fields.Date(string="Agreed On", readonly=True, copy=False)
    prescriber_told = fields.Char(
        string="Steps the Adviser Was Told",
        readonly=True,
        copy=False,
        help="The steps of which the adviser was last told, as names and days.",
    )
    prescriber_told_on = fields.Date(
        string="Adviser Told On",
        readonly=True,
        copy=False,
        help="When the adviser was last written to because something was new in this file.",
    )
    prescriber_view = fields.Text(string="The Adviser Reads", compute="_compute_prescriber_view")
    date_decision = fields.Date(string="Decided On", copy=False)

    # === COMPUTE METHODS ===#

    @api.depends(
        "active",
        "prescriber_agreed",
        "prescriber_id",
        "prescriber_contact_id.active",
        "prescriber_contact_id.parent_id",
        "date_application",
        "selection_result",
        "refusal_reason_id.is_told",
        "date_decision",
        "date_entry",
        "date_exit",
        "review_ids.state",
        "phase",
    )
    def _compute_prescriber_view(self):
        for participant in self:
            participant.prescriber_view = participant._describe_prescriber_view()

    def _describe_prescriber_view(self):
        """What the adviser reads of this file, or why they read nothing of it, for staff."""
        self.ensure_one()
        adviser = self.prescriber_contact_id
        if not adviser:
            return False
        if not self.prescriber_agreed:
            return self.env._("Nothing: the person did not agree, or took it back.")
        if not self._has_adviser_in_place():
            return self.env._(
                "Nothing: %(adviser)s is not of %(organisation)s any more. Name who took over.",
                adviser=adviser.name,
                organisation=self.prescriber_id.name,
            )
        if not self.active:
            return self.env._("Nothing: the file is archived.")
        if not self.filtered_domain(self._get_shown_to_adviser_domain()):
            return self.env._("Nothing any more: the file has been closed for long.")
        steps = self._get_prescriber_steps()
        return "\n".join(
            self.env._("%(what)s: %(day)s", what=step["words"], day=step["day"])
            if step["day"]
            else step["words"]
            for step in steps
        ) or self.env._("That there is a file: nothing of it has a date yet.")

    @api.onchange("prescriber_id")
    def _onchange_prescriber_id(self):
        """Who agreed towards one organisation said nothing of another."""
        if self.prescriber_id != self._origin.prescriber_id:
            self.prescriber_agreed = False
        if not self._has_adviser_in_place():
            self.prescriber_contact_id = False

    @api.constrains("prescriber_id", "prescriber_contact_id")
    def _check_prescriber_contact_id(self):
        for file in self:
            adviser, organisation = file.prescriber_contact_id, file.prescriber_id
            if adviser and organisation and not adviser._coworking_is_of_organisation(organisation):
                raise ValidationError(
                    self.env._(
                        "%(adviser)s, named as the adviser of %(person)s, is not of"
                        " %(organisation)s: name somebody who is, or nobody.",
                        adviser=adviser.name,
                        person=file.partner_id.name,
                        organisation=organisation.name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """The agreement is given to a file that is there, so that it is known who said so."""
        today = fields.Date.context_today(self)
        vals_list = [dict(vals) for vals in vals_list]
        agreed = [vals.pop("prescriber_agreed", False) for vals in vals_list]
        for vals in vals_list:
            # of a file that is taken over nobody knows when it was decided
            if vals.get("selection_result") and not vals.get("move_reason"):
                vals["date_decision"] = vals.get("date_decision") or today
        participants = super().create(vals_list)
        given = [file.id for file, said in zip(participants, agreed, strict=True) if said]
        if given:
            self.browse(given).prescriber_agreed = True
        return participants

    def write(self, vals):
        """Keep when it was decided, and since when and towards whom the person agrees."""
        self._leave_advisers_of_others(vals)
        handed_over = self._filter_changed(vals, "prescriber_contact_id")
        moved = self._filter_changed(vals, "prescriber_id").filtered("prescriber_agreed")
        if moved:
            moved.prescriber_agreed = False
        agreed = self._filter_changed(vals, "prescriber_agreed")
        decided = self._filter_changed(vals, "selection_result")
        result = super().write(vals)
        today = fields.Date.context_today(self)
        if agreed and "prescriber_agreed_on" not in vals:
            agreed.prescriber_agreed_on = vals["prescriber_agreed"] and today
        if decided and not vals.get("date_decision"):
            decided.date_decision = vals["selection_result"] and today
        # who takes over was told nothing yet
        if told := handed_over.filtered("prescriber_told"):
            told.write({"prescriber_told": False, "prescriber_told_on": False})
        return result

    def _leave_advisers_of_others(self, vals):
        """With another organisation, the adviser of the former one goes, unless one is named."""
        if "prescriber_contact_id" not in vals:
            organisation = self.env["res.partner"].browse(vals.get("prescriber_id") or [])
            gone = self._filter_changed(vals, "prescriber_id").filtered(
                lambda file: (
                    file.prescriber_contact_id
                    and not file.prescriber_contact_id._coworking_is_of_organisation(organisation)
                )
            )
            if gone:
                gone.prescriber_contact_id = False

    def _filter_changed(self, vals, name):
        """Those of these files whose value of a field these values change."""
        if name not in vals:
            return self.browse()
        field, value = self._fields[name], vals[name] or False
        return self.filtered(
            lambda file: (field.convert_to_write(file[name], file) or False) != value
        )

    # === WHAT THE ADVISER READS ===#

    def _get_prescriber_steps(self):
        """The dated steps of a file, in words that say nothing else of the person.

        :return: list of dicts of ``kind`` ('received', 'decision', 'start', 'midpoint', 'exit'),
            ``key`` (as it is kept once told), ``words``, ``date``, and ``day``, in words: both are
            empty where no day is known
        """
        self.ensure_one()
        decision = self._get_decision_words()
        midpoint = self.review_ids.filtered(
            lambda review: review.kind == "interim" and review.state == "done"
        ).sorted("date")[:1]
        reason = self._get_told_reason().id or ""
        told = f".{self.selection_result}.{reason}"
        received = self.env._("Application received")
        start, end = self.env._("Start of the incubation"), self.env._("End of the incubation")
        held = self.env._("Midpoint review held")
        facts = [
            ("received", self.date_application, "", received),
            ("decision", self.date_decision, told, decision),
            ("start", self.date_entry, "", start),
            ("midpoint", midpoint.date, "", held),
            ("exit", self.date_exit, "", end),
        ]
        return [
            {
                "kind": kind,
                "key": f"{kind}{detail}={day or ''}",
                "words": words,
                "date": day,
                "day": day and day_in_words(self.env, day),
            }
            for kind, day, detail, words in facts
            if day or (kind == "decision" and decision)
        ]

    def _get_decision_words(self):
        """What was decided, with its reason where it may be told; empty before."""
        if not self.selection_result:
            return False
        results = dict(self._fields["selection_result"]._description_selection(self.env))
        words = self.env._("Decision: %s", results[self.selection_result].lower())
        if reason := self._get_told_reason():
            words = self.env._("%(decision)s (%(reason)s)", decision=words, reason=reason.name)
        return words

    def _get_told_reason(self):
        """The reason for which somebody was refused, if it may be told; of a refusal that was
        corrected nothing is left.
        """
        if self.selection_result != "refused":
            return self.refusal_reason_id.browse()
        return self.refusal_reason_id.filtered("is_told")

    @api.model
    def _get_shown_to_adviser_domain(self):
        """Files of which the adviser whom they name reads the steps."""
        since = fields.Datetime.now() - timedelta(days=CLOSED_DAYS)
        return (
            Domain("prescriber_agreed", "=", True)
            & Domain("active", "=", True)
            & (Domain("phase", "!=", "closed") | Domain("date_last_stage_update", ">=", since))
        )

    def _has_adviser_in_place(self):
        """Whether the adviser of this file still works at the organisation that referred it."""
        self.ensure_one()
        adviser = self.prescriber_contact_id
        return adviser.active and adviser._coworking_is_of_organisation(self.prescriber_id)

    def _is_shown_to_adviser(self):
        """Whether somebody reads the steps of this file."""
        self.ensure_one()
        shown = self.filtered_domain(self._get_shown_to_adviser_domain())
        return bool(shown and self._has_adviser_in_place())

    @api.model
    def _get_followed(self, advisers, companies):
        """Files that these advisers read, in these companies.

        :param advisers: ``res.partner``, or nothing: all of them
        :return: ``coworking.participant``, the one that moved last first
        """
        domain = self._get_shown_to_adviser_domain() & Domain("company_id", "in", companies.ids)
        domain &= (
            Domain("prescriber_contact_id", "in", advisers.ids)
            if advisers
            else Domain("prescriber_contact_id", "!=", False)
        )
        files = self.search(domain, order="date_last_stage_update desc, id desc")
        return files.filtered(lambda file: file._has_adviser_in_place())

    def _get_news(self):
        """Kinds of the steps of which the adviser of this file was not told yet, or that changed
        since; 'corrected' where one of which they were told is no longer true.

        :return: set of names, see ``_get_prescriber_steps``
        """
        self.ensure_one()
        steps = self._get_prescriber_steps()
        told = set((self.prescriber_told or "").split())
        news = {step["kind"] for step in steps if step["key"] not in told}
        gone = told - {step["key"] for step in steps}
        if any(re.split(r"[.=]", key)[0] not in news for key in gone):
            news.add("corrected")
        return news

    def _note_told(self):
        """The adviser has been written to about what these files say now."""
        today = fields.Date.context_today(self)
        for file in self:
            keys = " ".join(step["key"] for step in file._get_prescriber_steps())
            file.write({"prescriber_told": keys, "prescriber_told_on": today})
