"""What accountants see of people, where both addons are: what was paid for them as well."""

from ...security import test_sensitive_fields as core


class TestAccountantSeesNamesOnly(core.TestAccountantSeesNamesOnly):
    OPEN = core.TestAccountantSeesNamesOnly.OPEN | {"cost_ids", "cost_total"}
