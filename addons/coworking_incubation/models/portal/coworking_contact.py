import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

# Advisers are written to once in so many days, however much happens.
DIGEST_DAYS = 7
# What ``coworking.participant._get_news`` finds, in the order in which it is told.
NEWS = ("received", "decision", "start", "midpoint", "exit", "corrected")


class CoworkingContact(models.AbstractModel):
    """The adviser who refers people: their page without an account, and a mail when it has news.

    A link is for one adviser and one organisation of ours: whoever hands it over, and whoever finds
    it, sees no more than what that organisation tells the adviser. The mail names nobody, so that
    what a person takes back is nowhere but on the page, where it is gone at once.
    """

    _inherit = "coworking.contact"

    @api.model
    def _get_link_holders(self, partner, purpose):
        if purpose != "prescriber":
            return super()._get_link_holders(partner, purpose)
        return partner if partner._coworking_refers_people() else partner.browse()

    @api.model
    def _is_link_open(self, partner, purpose):
        return purpose == "prescriber" or super()._is_link_open(partner, purpose)

    @api.model
    def _get_link_target(self, purpose):
        return "/my/referrals"

    @api.model
    def _get_link_words(self, partner, purpose):
        news = self.env.context.get("coworking_news")
        text = self.env._(
            "The people you referred, as far as they agreed, the next information meetings, and a"
            " form to refer somebody, on one page. This link is yours: it opens the page without a"
            " password."
        )
        if not news:
            return {
                "subject": self.env._("Your page: the people you refer"),
                "text": text,
                "button": self.env._("Open my page"),
            }
        return {
            "subject": self.env._("News of the people you referred"),
            "text": "\n".join(
                [
                    *self._describe_news(news),
                    "",
                    self.env._(
                        "Who it is, and when, is on your page. You hear of those who agreed, once a"
                        " week at most; the page says how to stop it."
                    ),
                ]
            ),
            "button": self.env._("See the news"),
        }

    @api.model
    def _describe_news(self, news):
        """How many people have news of each kind, without a name.

        :param news: dict of kind -> number of people, see ``coworking.participant._get_news``
        """
        received, decided, started, half, ended, corrected = (news.get(kind) for kind in NEWS)
        words = (
            received and self.env._("Applications received: %s", received),
            decided and self.env._("Decisions: %s", decided),
            started and self.env._("Starts of an incubation: %s", started),
            half and self.env._("Midpoint reviews held: %s", half),
            ended and self.env._("Ends of an incubation: %s", ended),
            corrected and self.env._("Corrected since we wrote: %s", corrected),
        )
        return [text for text in words if text]

    # === DIGEST ===#

    @api.model
    def _get_digests(self):
        """What is to be told to whom today: those who were written to longest ago first.

        :return: list of (adviser, company, files with news)
        """
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        files = self.env["coworking.participant"]._get_followed(None, companies)
        last = {
            (adviser, company): moment
            for adviser, company, moment in self.env["coworking.portal.link"]._read_group(
                [("purpose", "=", "prescriber"), ("channel", "=", "mail")],
                ["partner_id", "company_id"],
                ["create_date:max"],
            )
        }
        since = fields.Date.context_today(self) - timedelta(days=DIGEST_DAYS)
        written_to = {
            adviser
            for (adviser, __), moment in last.items()
            if fields.Datetime.context_timestamp(self, moment).date() > since
        }
        found = files.filtered(
            lambda file: (
                file.prescriber_contact_id not in written_to
                and file.prescriber_contact_id._coworking_may_write_to(
                    file.prescriber_contact_id.email
                )
                and file._get_news()
            )
        ).grouped(lambda file: (file.prescriber_contact_id, file.company_id))
        return [
            (*key, found[key]) for key in sorted(found, key=lambda key: str(last.get(key) or ""))
        ]

    @api.model
    def _tell_advisers(self, batch_size=50):
        """Write to the advisers for whose people something is new; one mail a week each.

        One who cannot be written to is logged, and keeps no other from being told.
        """
        digests = self._get_digests()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(digests))
        told = self.env["res.partner"]
        for adviser, company, files in digests[:batch_size]:
            if adviser not in told:  # another organisation's news waits its week
                try:
                    with self.env.cr.savepoint():
                        self._tell_news(adviser, company, files)
                except Exception:
                    _logger.exception("The news for adviser %s could not be told", adviser.id)
                told |= adviser
            if not cron._commit_progress(1):
                break

    @api.model
    def _tell_news(self, adviser, company, files):
        """Write to an adviser that some files have news, and note that they know.

        :param company: the organisation that writes, of these files
        """
        news = {}
        for file in files:
            for kind in file._get_news():
                news[kind] = news.get(kind, 0) + 1
        spoken = adviser.with_company(company).with_context(coworking_news=news)
        if self.env["coworking.portal.link"]._send_link(spoken, "prescriber", adviser):
            files._note_told()
