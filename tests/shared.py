"""What classes begin with is made once for all that follow each other, as files that begin alike do
(conftest.py): it takes longer than most tests.

Each class rolls back what it did to a savepoint that stands behind what they share, as each test
does to its own. What is shared goes before a class of other beginnings or with none: no class meets
the locks of what is not its own.

What Odoo remembers of records (``ormcache``) it forgets after each test. Here what was known before
the test, or before the class, is known again behind it, and with it what came to it, if nothing
changed that it depends on. To ask again for rights, defaults and external identifiers, or to
compile views and bundles, takes longer than much of what is tested. That is what a server does when
it rolls back. Of what tests learnt, views and the like alone are known from file to file.
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.orm.registry import TriggerTree
from odoo.sql_db import Savepoint
from odoo.tests import TransactionCase
from odoo.tests.common import get_db_name

held = None
# Of what each cache depends on, all changes clear it; "templates.cached_values" ends by the clock.
KEPT = ("assets", "default", "groups", "routing", "routing.rewrites", "stable", "templates")
# But for these methods: whom a rule means and which language somebody speaks follow from contacts
# as well, and which days are worked from lines of a calendar, whose changes clear nothing.
FORGOTTEN = ("_compute_domain", "context_get", "_get_working_hours")
LASTING = ("assets", "groups", "routing", "routing.rewrites", "templates")
known = {}  # of the database itself: name of a cache -> its values
merge_trigger_trees = Registry.get_trigger_tree


class Beginning:
    """The transaction that classes of one key share, and what the first of them made there."""

    def __init__(self, key, registry, file=None):
        self.key, self.cr, self.file = key, registry.cursor(), file
        self.savepoint = None
        self.made = {}  # name of an attribute of the class -> value
        self.kept = None
        self.cr.close = self.leave
        self.lasting = Kept(registry, LASTING, known)

    def keep(self, made):
        self.cr.transaction.default_env.flush_all()
        self.made = made
        self.savepoint = Savepoint(self.cr)
        self.kept = Kept(self.cr.transaction.registry)
        self.known_at_first = {**self.kept.values}

    def go_on(self, file):
        """A class goes on from here: as another before it left it, if it is of the same file."""
        if file != self.file:
            self.file = file
            for name in {*KEPT} - {*LASTING}:
                self.kept.values[name] = self.known_at_first[name]
        self.kept.restore()
        self.kept.mark()

    def leave(self):
        """In place of closing: back to what is shared."""
        if not self.savepoint or self.cr.closed:
            drop()
            return
        self.kept.keep()
        self.lasting.keep()
        for name, values in self.lasting.values.items():
            known[name] = {key: value for key, value in values.items() if not isinstance(key, Kept)}
        for callbacks in ("precommit", "postcommit", "prerollback", "postrollback"):
            getattr(self.cr, callbacks).clear()
        self.cr.transaction.clear()
        self.savepoint.rollback()


def drop():
    """Nothing is shared any more."""
    global held
    beginning, held = held, None
    if beginning:
        del beginning.cr.close
        beginning.cr.close()
        TransactionCase._gc_filestore()


def get_key(cls, case):
    """What a class begins with: its moment, what comes before and how records are made.

    :param case: the class whose beginning is shared
    """
    after = cls.__mro__[cls.__mro__.index(case) + 1 :]
    freezer = cls.freeze_time and cls.freeze_time.freezer
    return (
        freezer and (freezer.time_to_freeze, freezer.tick, freezer.tz_offset),
        tuple(parent for parent in after if "setUpClass" in vars(parent)),
        tuple(
            vars(parent)[name]
            for name in {name: None for one in (case, *case.__bases__) for name in vars(one)}
            if name.startswith(("_new_", "_setup_"))
            for parent in cls.__mro__
            if name in vars(parent)
        ),
    )


@contextmanager
def begin(cls, case):
    """While Odoo sets up a class: the cursor that it asks for is the one that is shared.

    :return: what the first class of this key made; nothing, if this is it
    """
    global held
    key = get_key(cls, case)
    if held and held.key != key:
        drop()
    registry = Registry(get_db_name())
    beginning = held = held or Beginning(key, registry, cls.__module__)
    if beginning.kept:  # what sets the class up before its world asks for them as well
        beginning.kept.restore(LASTING)

    def give():
        patcher.stop()  # its tests may have the registry give others
        return beginning.cr

    patcher = patch.object(registry, "cursor", give)
    patcher.start()
    try:
        yield beginning.made
    finally:
        patcher.stop()  # where it asked for none
    if beginning.kept:
        beginning.go_on(cls.__module__)


class Kept:
    """What these caches hold at a moment, and what comes to it as long as they are not cleared."""

    def __init__(self, registry, names=KEPT, values=()):
        caches = registry._Registry__caches
        self.caches = {name: caches[name] for name in names}
        self.values = dict(values)
        self.restore()
        self.mark()

    def mark(self):
        for name, cache in self.caches.items():
            self.values[name] = self._get_values(cache)
            cache[self] = True

    def keep(self):
        for name, cache in self.caches.items():
            if self in cache:
                # an external identifier that was given to another record is the one's of before
                self.values[name] = {**self._get_values(cache), **self.values[name]}

    def restore(self, names=None):
        for name in names or self.values:
            for key, value in self.values.get(name, {}).items():
                self.caches[name][key] = value

    def _get_values(self, cache):
        return {
            key: value
            for key, value in cache.snapshot.items()
            if key is not self and (isinstance(key, Kept) or not is_forgotten(key))
        }


def is_forgotten(key):
    return getattr(key[1], "__name__", None) in FORGOTTEN


class RememberingCase:
    """Mixed into cases of Odoo's that commit nothing: what is known is kept from test to test."""

    def setUp(self):
        kept = Kept(self.registry)
        self.addCleanup(kept.restore)  # after Odoo cleared them
        super().setUp()
        self.addCleanup(kept.keep)


def get_trigger_tree(registry, fields, select=bool):
    """In place of Odoo's, which merges the trees of the same fields anew for each record that is
    made or written: merged once, what is asked for is selected.
    """
    merged = registry._field_trigger_trees  # cleared with the fields that they are made of
    fields = tuple(fields)
    if fields not in merged:
        merged[fields] = merge_trigger_trees(registry, fields, lambda field: True)
    return select_from_tree(merged[fields], select)


def select_from_tree(tree, select):
    selected = TriggerTree([field for field in tree.root if select(field)])
    for label, subtree in tree.items():
        if subtree := select_from_tree(subtree, select):
            selected[label] = subtree
    return selected
