"""``read()`` without a list of fields gives each role what it may see, as JSON-2 and XML-RPC do."""

from odoo.exceptions import AccessError

from ..common import CoworkingCase


class TestReadAll(CoworkingCase):
    maxDiff = None

    def test_without_a_list_of_fields_each_role_reads_what_it_may(self):
        self._new_seat("1/6", "30/6")
        statement = self._settle()
        self._bill(statement)
        refused = []
        for user in (self.accompanist, self.coordinator, self.accountant, self.sensitive):
            env = self.env(user=user)
            for name in sorted(self.registry):
                model = env[name] if name.startswith("coworking.") else None
                if model is None or model._abstract or model._transient:
                    continue
                if not model.has_access("read"):
                    continue
                record = model.search([], limit=1)
                try:
                    self.env.invalidate_all()
                    record.read()
                except AccessError as error:
                    refused.append((user.login, name, self._find_refused(record), str(error)[:90]))
        self.assertEqual(refused, [])

    def _find_refused(self, record):
        found = []
        for field in record.fields_get(attributes=()):
            self.env.invalidate_all()
            try:
                record.read([field])
            except AccessError:
                found.append(field)
        return found
