{
    "name": "Coworking Incubation: Time Off",
    "summary": "Closures of spaces beside the public holidays of a company's time off",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation", "hr_holidays"],
    "auto_install": True,
}
