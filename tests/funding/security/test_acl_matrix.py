"""Who may do what to which model, where both addons are: those of the core keep their rights."""

from ...security import test_acl_matrix as core

# model without "coworking.": accompanist, coordinator, accountant, portal
MATRIX = """
    bill.export             -     -     rwcd  -
    payment.import          -     -     rwcd  -
    payment.import.line     -     -     rwcd  -
    allocation              -     r     r     -
    allocation.hold         -     r     r     -
    allocation.place        -     rwcd  rwcd  -
    breakdown               -     rwcd  r     -
    breakdown.line          -     rwcd  r     -
    charge.kind             -     r     r     -
    claim                   -     rwcd  rwcd  -
    claim.dialog            -     rwcd  rwcd  -
    claim.file              -     r     r     -
    claim.line              -     rw    rw    -
    claim.receive           -     rwcd  rwcd  -
    claim.sending           -     r     r     -
    cost                    -     r     r     -
    cost.change             -     -     -     -
    evidence                -     r     r     -
    evidence.make           -     rwcd  rwcd  -
    export                  -     rwcd  -     -
    export.mapping          -     rwcd  -     -
    export.mapping.line     -     rwcd  -     -
    export.mapping.value    -     rwcd  -     -
    financial.report        -     rwcd  rwcd  -
    financial.report.line   -     rw    rw    -
    funding.heading         -     rwcd  r     -
    funding.instalment      -     rwcd  rw    -
    funding.person          -     r     -     -
    funding.target          -     rwcd  r     -
    indicator               -     rwcd  r     -
    report                  -     rwcd  r     -
    report.figure           -     r     r     -
    staff.time              -     rwcd  rwcd  -
"""
# Fields for some of the staff alone: accompanist, coordinator, accountant
FIELDS = """
    account.move.coworking_allocation_ids           -  r  r
    account.move.coworking_claim_ids                -  r  r
    account.move.coworking_has_costs                -  r  r
    account.payment.coworking_instalment_ids        -  -  r
    coworking.claim.entry_ids                       -  -  r
    coworking.claim.receive.payment_ids             -  -  r
    coworking.funding.instalment.payment_ids        -  -  r
    coworking.participant.cost_ids                  -  r  r
    coworking.participant.cost_total                -  r  r
    coworking.program.staff_time_ids                -  r  r
    coworking.program.stay_cost                     -  r  r
"""


class TestFundingAclMatrix(core.TestAclMatrix):
    written = core.MATRIX + MATRIX
    written_fields = core.FIELDS + FIELDS
