{
    "name": "Coworking Incubation: Peppol",
    "summary": "Bills of spaces that come through an access point complete the draft of the month",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation", "account_peppol"],
    "auto_install": True,
}
