"""Who may do what to which model, where both addons are: those of the core keep their rights."""

from ...security import test_acl_matrix as core

# model without "coworking.": accompanist, coordinator, accountant, portal
MATRIX = """
    bill.export             -     -     rwcd  -
    payment.import          -     -     rwcd  -
    payment.import.line     -     -     rwcd  -
"""


class TestFundingAclMatrix(core.TestAclMatrix):
    written = core.MATRIX + MATRIX
