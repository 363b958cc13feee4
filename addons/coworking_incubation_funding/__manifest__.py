{
    "name": "Coworking Incubation: Funders",
    "summary": "From the paid bill to the claim accepted: costs, funders' shares, claims, reports",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation"],
    "data": [
        "security/ir.model.access.csv",
        "views/coworking_funding_agreement_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
