from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse, get_lang


class CoworkingHosting(models.Model):
    """What the text of an agreement may say of its records, in words.

    These are all that a template can name. Nothing here is private to the participant but the name:
    the manager of the space reads the same text (no prescriber, no address, no situation).
    """

    _inherit = "coworking.hosting"

    agreement_title = fields.Char(compute="_compute_words")
    agreement_reason = fields.Char(compute="_compute_words")
    organisation = fields.Char(string="Organisation, with Its Address", compute="_compute_words")
    program_name = fields.Char(compute="_compute_words")
    coordinator_name = fields.Char(compute="_compute_words")
    person_name = fields.Char(compute="_compute_words")
    accompanist = fields.Char(string="Counsellor, with the Telephone", compute="_compute_words")
    space_name = fields.Char(compute="_compute_words")
    space = fields.Char(string="Space, with Its Address", compute="_compute_words")
    operator_name = fields.Char(compute="_compute_words")
    manager_name = fields.Char(compute="_compute_words")
    seat_reference = fields.Char(compute="_compute_words")
    dates = fields.Char(string="First and Last Day", compute="_compute_words")
    tariff_name = fields.Char(compute="_compute_words")
    price = fields.Char(compute="_compute_words")
    payment = fields.Char(compute="_compute_words")
    commitment = fields.Char(compute="_compute_words")
    opening_hours = fields.Char(compute="_compute_words")

    @api.model
    def _get_placeholders(self):
        """What a template may write, as ``object.space_name``."""
        return [
            f"object.{name}"
            for name, field in self._fields.items()
            if field.compute == "_compute_words"
        ]

    @api.model
    def mail_allowed_qweb_expressions(self):
        return tuple(self._get_placeholders())

    @api.model
    def _get_placeholder_list(self):
        """The placeholders with their labels, for whoever writes a template."""
        return self.env["ir.qweb"]._render(
            "coworking_incubation.hosting_placeholders",
            {
                "words": [
                    (name, self._fields[name.split(".")[1]]._description_string(self.env))
                    for name in self._get_placeholders()
                ]
            },
        )

    @api.depends(
        "space_id", "tariff_id", "date_from", "date_to", "reason", "signatory_ids.partner_id"
    )
    @api.depends_context("lang")
    def _compute_words(self):
        for hosting in self:
            # sudo: the text says the same to everybody; who may make one is checked elsewhere
            hosting.update(hosting.sudo()._get_words())

    def _get_words(self):
        self.ensure_one()
        space, tariff, program, company = (
            self.space_id,
            self.tariff_id,
            self.program_id,
            self.company_id,
        )
        price = tariff and self.date_from and tariff._price_on(self.date_from)
        manager = self.signatory_ids.filtered(lambda row: row.role == "space").partner_id
        return {
            "agreement_title": self._get_title(),
            "agreement_reason": self.reason,
            "organisation": self._format_with_address(company.name, company.partner_id),
            "program_name": program.name,
            "coordinator_name": program._get_responsible(or_admin=False).name or company.name,
            "person_name": self.participant_id.partner_id.name,
            "accompanist": self._describe_accompanist(),
            "space_name": space.name,
            "space": self._format_with_address(space.name, space.partner_id),
            "operator_name": space.operator_id.name,
            "manager_name": manager.name or space.operator_id.name,
            "seat_reference": self.seat_id.name,
            "dates": self._describe_dates(),
            "tariff_name": tariff.name,
            "price": price and tariff._price_in_words(price),
            "payment": self._describe_payment(),
            "commitment": ", ".join(tariff._describe_binding()) or self.env._("none"),
            "opening_hours": self._describe_hours(),
        }

    def _get_title(self):
        if not self.number:
            return self.env._("Hosting Agreement")
        return self.env._(
            "Amendment No. %(number)s to the Hosting Agreement %(reference)s",
            number=self.number,
            reference=self.origin_id.seat_id.name,
        )

    @api.model
    def _format_with_address(self, name, partner):
        town = " ".join(filter(None, (partner.zip, partner.city)))
        return ", ".join(filter(None, (name, partner.street, town)))

    def _describe_accompanist(self):
        user = self._get_responsible(or_admin=False)
        phone = user.partner_id.phone or self.company_id.phone
        return f"{user.name} ({phone})" if user and phone else user.name or self.company_id.name

    def _describe_dates(self):
        if not self.date_from:
            return False
        first, last = (
            format_date(self.env, day, date_format="long")
            for day in (self.date_from, self.date_to or self.program_id.date_end)
        )
        if self.date_to:
            return self.env._("from %(first)s to %(last)s", first=first, last=last)
        return self.env._(
            "from %(first)s to the end of the incubation, at the latest %(last)s",
            first=first,
            last=last,
        )

    def _describe_payment(self):
        """Who pays the space. The participant's part is the space's business if it collects it."""
        if self.program_id.copayment_collector == "program":
            return self.env._("%s pays the space, on its monthly bill.", self.company_id.name)
        return self.env._(
            "%(organisation)s pays the space its part, on its monthly bill; the participant pays "
            "the rest to the space. A full period: %(offer)s.",
            organisation=self.company_id.name,
            offer=self.seat_id and self.seat_id._describe_offer(),
        )

    def _describe_hours(self):
        """``Monday to Friday from 9:00 to 18:30``: days in a row with the same hours together."""
        hours = {}
        for row in self.space_id.resource_calendar_id._get_global_attendances():
            day = int(row.dayofweek)
            first, last = hours.get(day, (row.hour_from, row.hour_to))
            hours[day] = (min(first, row.hour_from), max(last, row.hour_to))
        if not hours:
            return self.env._("the usual hours of the space")
        locale = babel_locale_parse(get_lang(self.env).code)
        names = get_day_names("wide", locale=locale)
        groups = []
        for day in sorted(hours):
            if groups and groups[-1][1] == day - 1 and groups[-1][2] == hours[day]:
                groups[-1][1] = day
            else:
                groups.append([day, day, hours[day]])
        parts = []
        for first, last, (start, stop) in groups:
            values = {
                "first": names[first],
                "last": names[last],
                "start": self._format_hour(start),
                "stop": self._format_hour(stop),
            }
            parts.append(
                self.env._("%(first)s from %(start)s to %(stop)s", **values)
                if first == last
                else self.env._("%(first)s to %(last)s from %(start)s to %(stop)s", **values)
            )
        return ", ".join(parts)

    @api.model
    def _format_hour(self, hour):
        hours, minutes = divmod(round(hour * 60), 60)
        return self.env._("%(hours)s:%(minutes)s", hours=hours, minutes=str(minutes).rjust(2, "0"))
