from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import email_normalize

from ...tools import KNOWN_PERSON, accent_pattern, filter_known, find_referred, phone_key, words_of

MOST_SIMILAR = 5
# Who somebody is, how to reach them and whether to.
IDENTITY = {"name", "email", "phone", "street", "street2", "zip", "city", "coworking_no_mail"}
TRACKED = {"name", "email", "phone", "contact_address_inline"}


def _find_parts_of(column):
    """Definition of an index for what contains some letters, as Odoo's ``index="trigram"`` makes
    one; none where PostgreSQL cannot.
    """

    def define(registry):
        if not registry.has_trigram or registry.has_unaccent == FunctionStatus.PRESENT:
            return ""
        return f"USING gin ({registry.unaccent(f'"{column}"')} gin_trgm_ops)"

    return define


class ResPartner(models.Model):
    _inherit = "res.partner"

    # People are looked for by a part of these, among all contacts. Odoo's own indexes, from the
    # beginning of a name on, sort contacts.
    _coworking_name_idx = models.Index(_find_parts_of("name"))
    _coworking_email_idx = models.Index(_find_parts_of("email"))
    _coworking_phone_idx = models.Index(_find_parts_of("phone"))
    # Of them, who is to be called: see todo_call.
    _coworking_no_email_idx = models.Index("(id) WHERE email IS NULL OR email = ''")

    coworking_participant_ids = fields.One2many(
        "coworking.participant",
        "partner_id",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_participant_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_prescribed_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist",
    )
    coworking_accident_cover = fields.Boolean(
        string="Covers Work Accidents",
        prefetch="coworking",  # of few contacts, and read where people are referred only
        help="Whether a prescription by this structure gives accident-at-work cover (France:"
        " article L.412-8 11° of the social security code; not APEC).",
        groups="base.group_user",
    )
    is_coworking_prescriber = fields.Boolean(
        string="Referring Organisation",
        compute="_compute_coworking_roles",
        search="_search_is_coworking_prescriber",
    )

    @api.depends_context("uid")
    def _compute_coworking_counts(self):
        participants = self._coworking_count("coworking.participant", "partner_id")
        prescribed = self._coworking_count("coworking.participant", "prescriber_id")
        advised = self._coworking_count("coworking.participant", "prescriber_contact_id")
        for partner in self:
            partner.coworking_participant_count = participants.get(partner.id, 0)
            partner.coworking_prescribed_count = max(
                prescribed.get(partner.id, 0), advised.get(partner.id, 0)
            )
        return super()._compute_coworking_counts()

    def _compute_coworking_roles(self):
        # sudo: roles are facts about organisations, the same for everybody
        prescriber_ids = {
            partner.id
            for (partner,) in self.env["coworking.participant"]
            .sudo()
            ._read_group([("prescriber_id", "in", self.ids)], ["prescriber_id"])
        }
        for partner in self:
            partner.is_coworking_prescriber = partner.id in prescriber_ids
        return super()._compute_coworking_roles()

    @api.model
    def _search_is_coworking_prescriber(self, operator, value):
        return self._search_coworking_role(operator, ("coworking.participant", "prescriber_id"))

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Who may have sent a person: those who did before; once a name is typed, then other
        organisations, but no coworking space.
        """
        if not self.env.context.get("coworking_prescribers_first"):
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        known = Domain("is_coworking_prescriber", "=", True)
        found = super().name_search(name, domain & known, operator, limit)
        if found and (not name or (limit and len(found) >= limit)):
            return found
        others = domain & ~known & Domain("is_coworking_space", "=", False)
        left = limit and limit - len(found)
        return found + super().name_search(name, others, operator, left)

    # === CRUD METHODS ===#

    def write(self, vals):
        if vals.get("email"):
            self._coworking_read_opposition()
        known = filter_known(self, KNOWN_PERSON)
        if not known:
            return super().write(vals)
        identity = IDENTITY & vals.keys()
        before = {(partner, name): partner[name] for partner in known for name in identity}
        result = super().write(vals)
        mended = [key for key, value in before.items() if key[0][key[1]] != value]
        if mended:
            files = self.browse({partner.id for partner, __ in mended})._coworking_get_files()
            if files:
                # sudo: what is called as the person is, which follows no contact of Odoo's alone,
                # whoever may not read the file
                files.sudo().modified(["partner_id"])
                files._trace("changed", fields=sorted({name for __, name in mended}))
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type in ("char", "text", "html") and isinstance(value, str):
                known._coworking_refuse_number(value, field)
        return result

    # === BUSINESS METHODS ===#

    def _coworking_is_about_people(self):
        """A contact is Odoo's, until somebody has a file."""
        return bool(self._coworking_get_files())

    def _coworking_get_people(self):
        return self

    def _coworking_get_files(self):
        """Whatever program they are in, and whether the user may read it or not."""
        # sudo: who has a file, not what is in it
        files = self.env["coworking.participant"]
        known = find_referred(self, ("coworking.participant", "partner_id"))
        if not known:
            return files
        files = files.sudo().with_context(active_test=False)
        return files.search([("partner_id", "in", known.ids)]).with_env(self.env)

    def _track_prepare(self, fields_iter):
        """Of somebody with a file, what they were called and where they were reached before it was
        mended is not kept: the audit trail says who changed which field, and no value.
        """
        names = set(fields_iter)
        if names.isdisjoint(TRACKED) or not filter_known(self, KNOWN_PERSON):
            return super()._track_prepare(names)
        # sudo: see _coworking_get_files
        people = self._coworking_get_files().sudo().partner_id
        if not people:
            return super()._track_prepare(names)
        super(ResPartner, self.filtered(lambda row: row not in people))._track_prepare(names)
        return super(ResPartner, self & people.with_env(self.env))._track_prepare(names - TRACKED)

    @api.model
    def _coworking_find_person(self, name, email, phone, company):
        """The one contact with this name, and this e-mail or phone, however they are typed.

        :param company: of the program that it is looked for
        """
        who = {"name": name, "email": email, "phone": phone}
        namesakes = self._coworking_find_namesakes([who])
        return namesakes._coworking_filter_usable(company)._coworking_recognize(**who)

    def _coworking_filter_usable(self, company):
        """Those of these contacts that are not another company's."""
        return self.filtered(
            lambda partner: not partner.company_id or partner.company_id in company.parent_ids
        )

    @api.model
    def _coworking_find_namesakes(self, people):
        """Contacts among which ``_coworking_recognize`` finds some people: one query for all.

        :param people: list of dicts name, email, phone
        """
        addresses = {email_normalize(who["email"] or "") for who in people} - {False}
        numbers = {phone_key(who["phone"]) for who in people}
        domains = [Domain("email_normalized", "in", list(addresses))] if addresses else []
        # the digits in their order, whatever is written between them
        domains += [Domain("phone", "like", "%".join(number)) for number in numbers if number]
        if not domains:
            return self.browse()
        wanted = {words_of(who["name"]) for who in people}
        return self.search(Domain("is_company", "=", False) & Domain.OR(domains)).filtered(
            lambda partner: words_of(partner.name) in wanted
        )

    def _coworking_recognize(self, name, email, phone):
        """The one of these contacts with this name, and this e-mail or phone."""
        address, number = email_normalize(email or ""), phone_key(phone)
        words = words_of(name)
        found = self.filtered(
            lambda partner: (
                (
                    (address and partner.email_normalized == address)
                    or (number and phone_key(partner.phone) == number)
                )
                and words_of(partner.name) == words
            )
        )
        return found if len(found) == 1 else self.browse()

    @api.model
    def _coworking_find_similar(self, name, email, phone):
        """People who may be this one: the same words in the name, the same e-mail or the same
        phone. For who decides: ``_coworking_recognize`` alone is sure.
        """
        address, number = email_normalize(email or ""), phone_key(phone)
        words = words_of(name)
        domains = []
        if words:
            named = (Domain("name", "ilike", accent_pattern(word)) for word in words)
            domains.append(Domain.AND(named))
        if address:
            domains.append(Domain("email_normalized", "=", address))
        if number:
            domains.append(Domain("phone", "like", "%".join(number)))
        if not domains:
            return self.browse()
        found = self.search(Domain("is_company", "=", False) & Domain.OR(domains))
        return found.filtered(
            lambda partner: (
                (words and words_of(partner.name) == words)
                or (address and partner.email_normalized == address)
                or (number and phone_key(partner.phone) == number)
            )
        )[:MOST_SIMILAR]

    def _coworking_format_similar(self):
        """Each of these people with a link: to the files one may see, else to the contact."""
        files = self.env["coworking.participant"].search([("partner_id", "in", self.ids)])
        by_partner = files.grouped("partner_id")
        lines = []
        for partner in self:
            for file in by_partner.get(partner, ()):
                where = f"{file.program_id.name}, {file.stage_id.name}"
                lines.append((file._get_url(), partner.name, where))
            if partner not in by_partner:
                where = ", ".join(filter(None, (partner.phone, partner.email)))
                lines.append((f"/odoo/contacts/{partner.id}", partner.name, where))
        link = Markup('<a href="%s" target="_blank">%s</a> %s')
        return files._format_html_list(link % line for line in lines)

    # === ACTION METHODS ===#

    def action_open_coworking_participants(self):
        return self._coworking_action(
            "coworking_participant_action", [("partner_id", "=", self.id)]
        )

    def action_open_coworking_prescribed(self):
        return self._coworking_action(
            "coworking_participant_action",
            ["|", ("prescriber_id", "=", self.id), ("prescriber_contact_id", "=", self.id)],
        )

    # === ADVISERS ===#

    def _coworking_refers_people(self):
        """Whether this is somebody of an organisation that refers people to a program, or of which
        a branch does.
        """
        self.ensure_one()
        organisation = self.commercial_partner_id
        if not self.active or not self._coworking_is_of_organisation(organisation):
            return False
        # sudo: as for the roles of organisations
        files = self.env["coworking.participant"].sudo()
        return bool(
            files.search_count(
                [("prescriber_id.commercial_partner_id", "=", organisation.id)], limit=1
            )
        )

    def _coworking_is_of_organisation(self, organisation):
        """Whether this is a person of an organisation, or of a branch of it, not itself."""
        self.ensure_one()
        own = self.commercial_partner_id
        return bool(own != self and own == organisation.commercial_partner_id)
