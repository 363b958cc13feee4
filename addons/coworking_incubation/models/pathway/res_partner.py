from collections import Counter, defaultdict

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL, email_normalize

from ...pricing_inputs import PRICING_INPUTS
from ...tools import (
    KNOWN_PERSON,
    accent_pattern,
    fetch_together,
    filter_by_column,
    filter_known,
    find_referred,
    note_marking,
    phone_key,
    saying_who,
    words_of,
)
from ..base.coworking_record_mixin import EXPORT_GROUP, NAMES
from ..base.coworking_used_mixin import find_restricting_fields, refuse_if_used
from ..base.discussion import filter_notified, refuse_number_about
from ..base.known import keep_marks

MOST_SIMILAR = 5
# Who somebody is, how to reach them and whether to.
IDENTITY = {"name", "email", "phone", "street", "street2", "zip", "city", "coworking_no_mail"}
TRACKED = {"name", "email", "phone", "contact_address_inline"}
LETTERS = ("name", "email", "phone")
# Answers to what the person has just asked for: opposition ends what we begin, not these.
ANSWERS = {"confirm", "confirmed", "known"}
COMPANY_TRIGGER = """
CREATE OR REPLACE FUNCTION coworking_mark_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE res_partner SET coworking_known = true
     WHERE id = NEW.commercial_partner_id AND coworking_known IS NOT true;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS coworking_mark_company ON res_partner;
CREATE TRIGGER coworking_mark_company
    AFTER UPDATE OF coworking_known, commercial_partner_id ON res_partner
    FOR EACH ROW WHEN (NEW.coworking_known AND NEW.commercial_partner_id != NEW.id)
    EXECUTE FUNCTION coworking_mark_company();
"""


def _index_letters(registry):
    """Definition of an index for what contains some letters, as Odoo's ``index="trigram"`` makes
    one; none where PostgreSQL cannot.
    """
    if not registry.has_trigram or registry.has_unaccent == FunctionStatus.PRESENT:
        return ""
    columns = (registry.unaccent(f'"{name}"') for name in LETTERS)
    return f"USING gin ({', '.join(f'{column} gin_trgm_ops' for column in columns)})"


class ResPartner(models.Model):
    """A contact, who may be somebody with a file, a space, a funder, or who refers people.

    People in programs may want no mails. What they are owed goes all the same, and what others get
    who manage, fund or advise: Odoo's list of blocked addresses, where somebody who left a
    newsletter is, says nothing of that.

    What rooms above know of contacts stands in ``coworking.contact``: this is the one class that
    all contacts bear for us.
    """

    _inherit = "res.partner"

    # People are looked for by a part of any of these, among all contacts. Odoo's own indexes, from
    # the beginning of a name on, sort contacts.
    _coworking_letters_idx = models.Index(_index_letters)
    # Who an address belongs to is asked before each mail, and of each registration.
    _coworking_address_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    # Of them, who is to be called: see todo_call.
    _coworking_no_email_idx = models.Index("(id) WHERE email IS NULL OR email = ''")

    coworking_known = fields.Boolean(string="Known to the Incubation", copy=False, readonly=True)
    coworking_no_mail = fields.Boolean(
        string="Do Not Write To",
        copy=False,
        prefetch="coworking",
        groups="base.group_user",
        help="No mail goes to this person any more, newsletters included: what they have to sign or"
        " to know is handed over. What is owed to them is still sent: invoices, the signed"
        " agreement, answers to what they ask.",
    )

    coworking_has_file = fields.Boolean(
        copy=False,
        readonly=True,
        export_string_translation=False,
        groups=fields.NO_ACCESS,
    )

    coworking_space_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_accompanist,"
        "coworking_incubation.group_coworking_accountant",
    )
    coworking_agreement_count = fields.Integer(
        compute="_compute_coworking_counts",
        groups="coworking_incubation.group_coworking_coordinator,"
        "coworking_incubation.group_coworking_accountant",
    )
    is_coworking_space = fields.Boolean(
        string="Coworking Space",
        compute="_compute_coworking_roles",
        search="_search_is_coworking_space",
    )
    is_coworking_funder = fields.Boolean(
        string="Funder", compute="_compute_coworking_roles", search="_search_is_coworking_funder"
    )

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

    def init(self):
        """With somebody who is known, so is the company: bills are its."""
        self.env.cr.execute(COMPANY_TRIGGER)
        return super().init()

    def _coworking_count(self, model, *names):
        """How many records of a model point at each of these partners by one of these fields or
        more, as the user may see them.
        """
        records, counts = self.env[model], Counter()
        if records.has_access("read") and all(
            records._has_field_access(records._fields[name], "read") for name in names
        ):
            domain = Domain.OR(Domain(name, "in", self.ids) for name in names)
            for *partners, count in records._read_group(domain, names, ["__count"]):
                counts.update(dict.fromkeys({partner.id for partner in partners}, count))
        return counts

    @api.depends_context("uid")
    def _compute_coworking_counts(self):
        spaces = self._coworking_count("coworking.space", "partner_id", "operator_id")
        agreements = self._coworking_count("coworking.funding.agreement", "partner_id")
        participants = self._coworking_count("coworking.participant", "partner_id")
        prescribed = self._coworking_count(
            "coworking.participant", "prescriber_id", "prescriber_contact_id"
        )
        for partner in self:
            partner.coworking_space_count = spaces[partner.id]
            partner.coworking_agreement_count = agreements[partner.id]
            partner.coworking_participant_count = participants[partner.id]
            partner.coworking_prescribed_count = prescribed[partner.id]

    def _compute_coworking_roles(self):
        """Roles are facts about organisations, the same for everybody: counted with sudo."""
        spaces = (
            self.env["coworking.space"]
            .sudo()
            .search_fetch(
                ["|", ("partner_id", "in", self.ids), ("operator_id", "in", self.ids)],
                ["partner_id", "operator_id"],
            )
        )
        former = self.env["coworking.contact"]._get_fields_naming_operators()
        space_ids = {*(spaces.partner_id | spaces.operator_id).ids, *self._coworking_named(*former)}
        funder_ids = self._coworking_named(("coworking.funding.agreement", "partner_id"))
        prescriber_ids = self._coworking_named(("coworking.participant", "prescriber_id"))
        for partner in self:
            partner.is_coworking_space = partner.id in space_ids
            partner.is_coworking_funder = partner.id in funder_ids
            partner.is_coworking_prescriber = partner.id in prescriber_ids

    def _coworking_named(self, *fields_of_models):
        """Those of these at whom some record points, whatever the user may see of it.

        :param fields_of_models: (model, name of the field) of each way to point at them
        :return: set of ids
        """
        # sudo: see _compute_coworking_roles
        return {
            partner.id
            for model, name in fields_of_models
            for (partner,) in self.env[model].sudo()._read_group([(name, "in", self.ids)], [name])
        }

    def _search_coworking_role(self, operator, *fields_of_models):
        """Partners that some record points at, whatever the user may see of it.

        :param fields_of_models: (model, name of the field) of each way to point at them
        """
        if operator != "in":
            return NotImplemented
        # sudo: see _compute_coworking_roles
        partner_ids = {
            partner.id
            for model, name in fields_of_models
            for (partner,) in self.env[model].sudo()._read_group([(name, "!=", False)], [name])
        }
        return [("id", "in", list(partner_ids))]

    @api.model
    def _search_is_coworking_space(self, operator, value):
        return self._search_coworking_role(
            operator,
            ("coworking.space", "partner_id"),
            ("coworking.space", "operator_id"),
            *self.env["coworking.contact"]._get_fields_naming_operators(),
        )

    @api.model
    def _search_is_coworking_funder(self, operator, value):
        return self._search_coworking_role(operator, ("coworking.funding.agreement", "partner_id"))

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
        """Who wants no mails gets no newsletters either, at no address: these are Odoo's, and its
        own list stops them. Only the person, or an administrator, takes them off it.
        """
        if vals.get("email"):
            self._coworking_read_opposition()
        people = filter_known(self, KNOWN_PERSON)
        identity = people and IDENTITY & vals.keys()
        before = {(partner, name): partner[name] for partner in people for name in identity}
        reached = not vals.get("message_bounce", True)  # they wrote from that address
        may_reach = reached or "email" in vals
        bounced = filter_by_column(self, "message_bounce") if may_reach else ()
        addresses = {partner: partner.email_normalized for partner in bounced}
        companies = {}
        if {"is_company", "parent_id"} & vals.keys():
            if known := filter_known(self):
                # sudo: of contacts below it too, whoever may read these
                known = known.sudo().with_context(active_test=False)
                known = known.search([("id", "child_of", known.ids)])
                companies = {partner: partner.commercial_partner_id for partner in known}
            note_marking(self.env)
        result = super().write(keep_marks(vals))
        if moved := [one for one, of in companies.items() if one.commercial_partner_id != of]:
            self.env["coworking.contact"]._check_may_change_company(self.browse().union(*moved))
        if vals.get("coworking_no_mail") or vals.get("email"):
            # sudo: only administrators write the list
            for partner in filter_by_column(self, "coworking_no_mail").sudo():
                if partner.email_normalized:
                    partner.env["mail.blacklist"]._add(partner.email_normalized)
        for partner, address in addresses.items():
            if partner.email_normalized and (reached or partner.email_normalized != address):
                self.env["coworking.contact"]._forget_bounce(partner, address)
        if PRICING_INPUTS[self._name] & vals.keys() and (known := filter_known(self)):
            self.env["coworking.space"]._taxes_changed(Domain("operator_id", "in", known.ids))
        if {"country_id", "zip"} & vals.keys():
            self._coworking_holidays_changed()
        if vals.get("active") is False:
            self.env["coworking.portal.link"]._revoke_links_of(self)
        if "active" in vals:
            self._coworking_note_archived(vals["active"])
        if people:
            people._coworking_person_written(vals, before)
        return result

    def _coworking_note_archived(self, back):
        """These left the spaces for which they act, or are back."""
        # sudo: whoever archives a contact need not know what it is in programs
        spaces = self.env["coworking.space"].sudo().with_context(active_test=False)
        spaces = spaces.search(
            Domain("manager_ids", "in", self.ids) | Domain("substitute_ids", "in", self.ids)
        )
        spaces, none = spaces.with_env(self.env).sudo(), self.browse()
        spaces._note_contacts_changed(none if back else self, self if back else none)

    def _coworking_person_written(self, vals, before):
        """These, of whom some have a file, were written.

        :param before: dict (contact, name) -> what identified them
        """
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
                refuse_number_about(self, value, field)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        refuse_if_used(self, self._get_restricting_fields())

    @api.model
    @tools.ormcache()
    def _get_restricting_fields(self):
        return find_restricting_fields(self)

    def unlink(self):
        if not self.env["coworking.contact"]._prepare_unlink(self):
            return super().unlink()
        with saying_who(self.env):
            return super().unlink()

    def _coworking_holidays_changed(self):
        """Which days off of a company are public holidays, and so change no price, depends on where
        it is: see ``coworking.space._is_public_holiday``.
        """
        # sudo: whoever edits an address need not know companies and their days off
        companies = self.env["res.company"].sudo().search([("partner_id", "in", self.ids)])
        if companies:
            leaves = self.env["resource.calendar.leaves"].sudo()
            leaves = leaves.search(leaves._get_closing_domain_of(companies))
            leaves._coworking_closures_changed()

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Of who has a file, more than the name leaves Odoo with the right to export personal data
        only, and is traced; other contacts are Odoo's.
        """
        asked = {"/".join(path) for path in fields if path and not self._leads_to_ours(path)}
        asked -= {*NAMES, "name", "complete_name"}
        files = self.env["coworking.participant"]
        if asked and not self.env.su:
            # sudo: who has a file, not what is in it
            people = self.sudo().with_context(active_test=False)
            files = people.coworking_participant_ids.with_env(self.env)
        if files and not self.env.user.has_group(EXPORT_GROUP):
            raise AccessError(
                self.env._(
                    "%(count)s of these contacts have a file in a program: only the group “Export"
                    " of Personal Data” takes more than their names out of Odoo. Ask an"
                    " administrator for that right, or leave out these columns or contacts:"
                    " %(columns)s.",
                    count=len(files.sudo().partner_id),
                    columns=", ".join(sorted(asked)),
                )
            )
        if files:
            files._trace_export(asked, _is_toplevel_call)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _leads_to_ours(self, path):
        """Whether a column is of records that guard themselves."""
        field = self._fields.get(path[0])
        there = field and field.relational and len(path) > 1 and self.env[field.comodel_name]
        return getattr(there, "_processing", None) is not None

    def _retrieve_partner(
        self, name=None, phone=None, email=None, vat=None, domain=None, company=None
    ):
        """While a received bill is decoded its operator is known: no other contact is looked for,
        and none is made.
        """
        if operator_id := self.env.context.get("coworking_operator_id"):
            return self.env["res.partner"].browse(operator_id)
        return super()._retrieve_partner(
            name=name, phone=phone, email=email, vat=vat, domain=domain, company=company
        )

    # === MAILS ===#

    def _coworking_may_write_to(self, email, what=None):
        """Whether a mail about these people, or else about whoever has the address, may be sent.

        :param what: the kind of the mail: answers are no contact
        """
        if not email or what in ANSWERS:
            return bool(email)
        # sudo: visitors, and those who know one organisation, read few contacts
        people = self.sudo()
        address = email_normalize(email, strict=False) or email
        return not (people or people.search([("email_normalized", "=", address)])).filtered(
            "coworking_no_mail"
        )

    def _coworking_describe_opposition(self):
        """What staff are told instead of a mail that is not sent."""
        return self.env._(
            "%s does not want to be written to: copy the link, or print it, and hand it over.",
            ", ".join(self.mapped("name")),
        )

    def _coworking_read_opposition(self):
        """Who wants no mails has no mark, which others could search for: where it is asked, it is
        read with what Odoo reads of a contact anyway, in the same query.
        """
        fetch_together(
            self,
            (field for field in self._fields.values() if field.prefetch in (True, "coworking")),
        )

    def _message_receive_bounce(self, email, partner):
        """Also called for whom a discussion is about, of which somebody else gets a copy."""
        result = super()._message_receive_bounce(email, partner)
        normalized = email_normalize(email)
        own = self.filtered(lambda row: row.email_normalized == normalized)
        self.env["coworking.contact"]._report_bounce(own, email)
        return result

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return filter_notified(self, message, recipients)

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

    def _coworking_forget_files(self):
        """Of who has no file any more, none that was purged either, the mark goes with it.

        Whoever gives one of them a file at the same moment begins again, or this does.
        """
        contacts = self.exists()
        contacts -= find_referred(contacts, ("coworking.participant", "partner_id"))
        if contacts:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET coworking_has_file = NULL WHERE id IN %s",
                    tuple(contacts.ids),
                )
            )
            contacts.invalidate_recordset([KNOWN_PERSON])

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
        return self._coworking_recognize(who, self._coworking_find_namesakes([who]), company)

    def _coworking_filter_usable(self, company):
        """Those of these contacts that are not another company's."""
        return self.filtered(
            lambda partner: not partner.company_id or partner.company_id in company.parent_ids
        )

    @api.model
    def _coworking_get_identities(self, name, email, phone, company_id=False):
        """By any of which somebody is the same person: the name with the e-mail, or the phone."""
        words = words_of(name)
        ways = {email_normalize(email or ""), phone_key(phone)} - {False}
        return {(words, way, company_id) for way in ways}

    @api.model
    def _coworking_find_namesakes(self, people):
        """Contacts among which ``_coworking_recognize`` finds some people: one query for all.

        :param people: list of dicts name, email, phone
        :return: dict of what identifies them -> contacts
        """
        namesakes = defaultdict(self.browse)
        addresses = {email_normalize(who["email"] or "") for who in people} - {False}
        numbers = {phone_key(who["phone"]) for who in people}
        domains = [Domain("email_normalized", "in", list(addresses))] if addresses else []
        # the digits in their order, whatever is written between them
        domains += [Domain("phone", "like", "%".join(number)) for number in numbers if number]
        if domains:
            found = self.search(Domain("is_company", "=", False) & Domain.OR(domains))
            found._coworking_add_namesake(namesakes)
        return namesakes

    def _coworking_add_namesake(self, namesakes):
        for partner in self:
            who = (partner.name, partner.email, partner.phone)
            for identity in self._coworking_get_identities(*who):
                namesakes[identity] |= partner

    @api.model
    def _coworking_recognize(self, who, namesakes, company):
        """The one contact with this name, and this e-mail or phone, that a company may use.

        :param who: dict name, email, phone
        :param namesakes: see ``_coworking_find_namesakes``
        """
        identities = self._coworking_get_identities(**who)
        found = self.browse().union(*(namesakes[identity] for identity in identities))
        found = found._coworking_filter_usable(company)
        return found if len(found) == 1 else self.browse()

    @api.model
    def _coworking_make_people(self, people):
        """New contacts: who is there several times is made once, as one after the other would be.

        :param people: list of dicts name, email, phone, company_id
        :return: list of contacts, one for each of these
        """
        alone, places, known = [], [], {}
        for who in people:
            found = {known[key] for key in self._coworking_get_identities(**who) if key in known}
            if len(found) == 1:
                (place,) = found
                first = alone[place]
                first.update({name: first[name] or value for name, value in who.items()})
            else:
                place = len(alone)
                alone.append(dict(who))
            known.update(dict.fromkeys(self._coworking_get_identities(**alone[place]), place))
            places.append(place)
        partners = self.create(alone)
        return [partners[place] for place in places]

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

    def _coworking_action(self, xml_id, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"coworking_incubation.{xml_id}")
        action["domain"] = domain
        action["context"] = {}
        return action

    def action_open_coworking_spaces(self):
        return self._coworking_action(
            "coworking_space_action",
            ["|", ("partner_id", "=", self.id), ("operator_id", "=", self.id)],
        )

    def action_open_coworking_agreements(self):
        return self._coworking_action(
            "coworking_funding_agreement_action", [("partner_id", "=", self.id)]
        )

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

    # === LINKS ===#

    # As of a ``coworking.link.mixin``: what a contact is sent one for, rooms above know.

    def _get_link_holders(self, purpose):
        return self.env["coworking.contact"]._get_link_holders(self, purpose)

    def _is_link_open(self, purpose, partner):
        return self.env["coworking.contact"]._is_link_open(self, purpose)

    def _is_link_unwanted(self, partner):
        return self.env["coworking.contact"]._is_link_unwanted(partner)

    @api.model
    def _find_due(self, told):
        return [
            mail
            for mail in told
            if mail.record._is_link_open(mail.purpose, mail.partner)
            and not mail.record._is_link_unwanted(mail.partner)
        ]

    def _is_told_with(self, other):
        return self == other

    def _get_link_company(self):
        return self.env.company

    def _get_link_discussion(self):
        self.ensure_one()
        return self

    def _get_link_target(self, purpose):
        return self.env["coworking.contact"]._get_link_target(purpose)

    def _get_link_words(self, purpose, partner):
        return self.env["coworking.contact"]._get_link_words(partner, purpose)

    @api.model
    def _cron_coworking_tell_advisers(self):
        """Write to the advisers for whose people something is new."""
        self.env["coworking.contact"]._tell_advisers()
