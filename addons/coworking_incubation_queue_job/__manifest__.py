{
    "name": "Coworking Incubation: Job Queue",
    "summary": "Months, bills, evidence and the end of data as jobs of any server",
    "version": "19.0.1.0.0",
    "category": "Services/Coworking Incubation",
    "author": "Coworking Incubation contributors",
    "license": "AGPL-3",
    "depends": ["coworking_incubation", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
