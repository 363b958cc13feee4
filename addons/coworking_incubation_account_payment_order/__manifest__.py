{
    "name": "Coworking Incubation: Payment Orders",
    "summary": "Bills of spaces that are right go into a payment order, and nothing is paid twice",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation", "account_payment_order"],
    "data": ["wizard/coworking_bill_payment_views.xml"],
    "auto_install": True,
}
