from odoo import fields, models


class CoworkingStatement(models.Model):
    """What a space is told of its money."""

    _inherit = "coworking.statement"

    paid_told_at = fields.Datetime(
        string="Told That It Is Paid",
        readonly=True,
        copy=False,
        help="When the space was written to, once, that its bill of this month is paid. Where it"
        " was paid long before, when this was noticed: nobody is written to.",
    )

    # === ACTION METHODS ===#

    def action_send(self):
        """:return: a notification, see ``_tell_unreached``, or what Odoo shows without one"""
        disputed = self.charge_ids.filtered(lambda charge: charge.review == "disputed")
        reported = {
            row: charges.seat_id for row, charges in disputed.grouped("statement_id").items()
        }
        following = super().action_send()
        for statement, seats in reported.items():
            statement._get_report_activities(seats).action_feedback()
        return self._tell_unreached(following)

    def action_send_each(self):
        result = super().action_send_each()
        return result if len(self) < 2 else self._tell_unreached(result)

    def _tell_unreached(self, following):
        """Name the spaces of these where nobody can be written to.

        :param following: the action that comes next, or True
        :return: that, or a notification before it if there are such spaces
        """
        # sudo: who is away is for code to read
        unreached = self.sudo().space_id.filtered(
            lambda space: not any(space._get_contacts_to_write_to().mapped("email"))
        )
        if not unreached:
            return following
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Nobody is written to: no manager with an e-mail at %s. Add one on the space,"
                    " or call.",
                    ", ".join(unreached.mapped("name")),
                ),
                "next": reload if following is True else following,
            },
        }

    def action_remind_each(self):
        """Remind the spaces of these by mail: one that cannot be does not hold the others up."""
        run = self._run_each("remind")
        return run._get_outcome_action(
            {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("Spaces reminded: %s", len(self.space_id)),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        )

    def _remind(self, since):
        """Write once more to whom these wait for, one mail a contact and month.

        :param since: who was written to from that moment on was so by the same work
        :return: dict statement -> why nobody was written to, of those
        :raise UserError: one of these waits for no answer
        """
        self.check_access("write")
        self._check_state_in("sent")
        # sudo: what was asked of a space, and who is away, is for code to read and to write
        requests = self.env["coworking.portal.request"].sudo()
        reached = requests._remind_now(self.sudo(), since).sudo(self.env.su)
        for statement in reached:  # each by its own row of the trail; ten at most at once
            statement._trace("reminded")
        return {
            statement: self.env._(
                "Nobody was written to: %(space)s has no manager with an e-mail who wants mails, or"
                " its managers were written to within a day. Call them.",
                space=statement.space_id.name,
            )
            for statement in self - reached
        }

    def _get_report_activities(self, seats):
        """What staff were given to do when the space reported lines of these seats, once none of
        theirs is reported any more.
        """
        self.ensure_one()
        reported = self.charge_ids.filtered(lambda charge: charge.review == "disputed").seat_id
        names = tuple((seats - reported).mapped("name"))
        # what a person planned is theirs
        return self.activity_ids.filtered(
            lambda activity: activity.automated and (activity.summary or "").endswith(names)
        )

    # === LINKS ===#

    def _get_link_words(self, purpose, partner):
        """Of a month that is paid, what was paid on which day, for all sites of the contact."""
        words = super()._get_link_words(purpose, partner)
        if purpose != "month" or not self._get_paid_on():
            return words
        months = self.env["coworking.portal.month"]
        rows = months._get_statements(partner, self.date_from)
        bills = self.browse(row.id for row in rows._get_paid_on()).bill_ids
        facts = bills._coworking_payment_facts()
        month = months._get_month_words(self.date_from)
        return {
            **words,
            "subject": self.env._("Your coworkers in %(month)s: paid", month=month),
            "text": "\n".join(
                [
                    self.env._("Your invoice of %(month)s is paid.", month=month),
                    *(
                        self.env._("%(invoice)s: %(payment)s", invoice=bill.ref, payment=payment)
                        if bill.ref
                        else payment
                        for bill in bills
                        for payment in months._paid_words(facts[bill], bill.company_currency_id)
                    ),
                ]
            ),
        }
