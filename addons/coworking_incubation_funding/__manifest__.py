{
    "name": "Coworking Incubation: Funders",
    "summary": "From the paid bill to the claim accepted: costs, funders' shares, claims, reports",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation", "l10n_fr_account"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/coworking_bill_export_views.xml",
        "wizard/coworking_payment_import_views.xml",
        "views/coworking_funding_agreement_views.xml",
        "views/coworking_books_menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["coworking_incubation_funding/static/tests/tours/*.js"],
    },
    "uninstall_hook": "uninstall_hook",
}
