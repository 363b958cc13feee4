"""Run by scripts/demo in `odoo shell`: makes, confirms and bills last month's statements.

Prints the bills. Run again, it finds them made: nothing is made twice.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

env = globals()["env"]
month = date.today().replace(day=1) - relativedelta(months=1)
Statement = env["coworking.statement"]
programs = env["coworking.program"].search([])
of_month = [("date_from", "=", month), ("state", "!=", "cancelled")]

Statement._generate(programs, month)
for statement in Statement.search(of_month):
    if statement.state in ("draft", "sent"):
        statement.action_confirm()
    if statement.state == "confirmed" and not statement.bill_ids:
        statement.action_create_bill()
# The text of an agreement made before the translations were there.
env["coworking.hosting"].search([("state", "=", "draft")]).action_fill()
env.cr.commit()

statements = Statement.search(of_month, order="name")
bills = statements.bill_ids
print(f"Month of {month:%Y-%m}: {len(statements)} statements, {len(bills)} bills")
for statement in statements:
    for bill in statement.bill_ids:
        total = f"{bill.amount_total:>10.2f} {bill.currency_id.name}"
        print(f"  {statement.name:<32} {bill.partner_id.name:<32} {total}")
print(f"  {'':<32} {'':<32} {sum(bills.mapped('amount_total')):>10.2f}")
