from odoo import SUPERUSER_ID, api, fields, models

from ..base.discussion import QUIETLY


class MailActivity(models.Model):
    _inherit = "mail.activity"

    coworking_review_id = fields.Many2one(
        "coworking.review", string="Review", index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su and self.env.user.share:
            # What somebody outside asks for on a page is made by code: staff of another company
            # may not read the visitor's user, and would not see the record's discussion any more.
            return self.with_user(SUPERUSER_ID).create(vals_list).with_env(self.env)
        activities = super().create(vals_list)
        activities._plan_coworking_reviews()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"date_deadline", "user_id"} & vals.keys():
            for activity in self.filtered("coworking_review_id"):
                # sudo: the review follows its activity, whoever may plan that one anew
                review = activity.sudo().coworking_review_id
                if review.state == "planned":
                    review._follow_activity(activity.date_deadline, activity.user_id)
        return result

    def unlink(self):
        if not self:  # as wherever Odoo cancels what was planned
            return super().unlink()
        # sudo: a review that is not to be held any more, as far as nothing was written in it
        reviews = self.sudo().coworking_review_id
        result = super().unlink()
        reviews.exists().filtered(lambda review: review._is_blank()).unlink()
        return result

    def _follow_review(self):
        """Planned for the day and the user of the review."""
        for activity in self:
            review = activity.coworking_review_id
            vals = {}
            if activity.date_deadline != review.date:
                vals["date_deadline"] = review.date
            if activity.user_id != review.user_id:
                vals["user_id"] = review.user_id.id
            if vals:
                activity.write(vals)

    def _fit_into_stay(self):
        """Of reviews that a stage plans, the final one is held before the stay is over, and no
        other is planned after it: somebody may have entered long ago, or the program end soon. What
        is over already fits no review: an extension, or the exit, is to come.
        """
        today = fields.Date.context_today(self)
        late = self.browse()
        for activity in self.filtered("coworking_review_id"):
            last_day = activity.coworking_review_id.participant_id.date_exit_planned
            if not last_day or not today <= last_day < activity.date_deadline:
                continue
            if activity.coworking_review_id.kind == "final":
                activity.date_deadline = last_day
            else:
                late |= activity
        late.unlink()

    def _plan_coworking_reviews(self):
        """A review of the kind that the type says, on the day and for the user of the activity."""
        planning = self.filtered(
            lambda activity: (
                activity.res_model == "coworking.participant"
                and activity.activity_type_id.coworking_review_kind
                and not activity.coworking_review_id
            )
        )
        planning = planning.filtered(
            lambda activity: (
                self.env["coworking.participant"]
                .browse(activity.res_id)
                ._may_have_review(activity.activity_type_id.coworking_review_kind)
            )
        )
        reviews = (
            self.env["coworking.review"]
            .with_context(**QUIETLY)
            .create(
                [
                    {
                        "participant_id": activity.res_id,
                        "kind": activity.activity_type_id.coworking_review_kind,
                        "date": activity.date_deadline,
                        "user_id": (activity.user_id or self.env.user).id,
                    }
                    for activity in planning
                ]
            )
        )
        for activity, review in zip(planning, reviews, strict=True):
            activity.coworking_review_id = review
