"""Who may do what to which model, where both addons are: those of the core keep their rights."""

from ...security import test_acl_matrix as core

# model without "coworking.": accompanist, coordinator, accountant, portal
MATRIX = """
    allocation              -     r     r     -
    allocation.hold         -     r     r     -
    allocation.place        -     rwcd  rwcd  -
    charge.kind             -     r     r     -
    cost                    -     r     r     -
    cost.change             -     -     -     -
    funding.heading         -     rwcd  r     -
    funding.instalment      -     rwcd  rw    -
    funding.person          -     r     -     -
    staff.time              -     rwcd  rwcd  -
"""


class TestFundingAclMatrix(core.TestAclMatrix):
    written = core.MATRIX + MATRIX
