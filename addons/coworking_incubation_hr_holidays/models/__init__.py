from . import resource_calendar_leaves
