# Shared by the scripts of this folder: where things are, how they are said, the database server, the databases.
# Sourced, never run.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
STATE="$ROOT/.local"   # everything the scripts make; git-ignored, safe to delete
DATA="$STATE/data"     # Odoo's: the attachments of each database, the sessions
ADDONS="$ROOT/addons"
VENV="$STATE/venv"
MODULE=coworking_incubation
FUNDING=coworking_incubation_funding # on top of the other, which does without
BASE_DB=coworking_base
DEMO_DB="${DEMO_DB:-coworking_demo}"
TEST_DB="${TEST_DB:-coworking_test}"
TEMPLATE_DB=coworking_test_template # what scripts/test copies: our module alone
FUNDING_DB="${TEST_DB}_funding"     # the tests of the funders' half, from a template with both
FUNDING_TEMPLATE_DB="${TEMPLATE_DB}_funding"
export PYTHONPYCACHEPREFIX="$STATE/pycache" # compiled once, and nothing beside the sources
unset PYTHONDONTWRITEBYTECODE # or each start compiles all of Odoo: what Debian compiled is looked for there as well

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf '\033[1;31mError:\033[0m %s\n' "$*" >&2; exit 1; }

if ! mkdir -p "$STATE/log" "$DATA" 2>/dev/null || ! [ -w "$STATE" ]; then
    die "$STATE cannot be written by $(id -un). Run as its owner, or delete it."
fi

# attempt COMMAND...: leaves its exit status in STATUS. A function stops at its first failure, as everywhere here:
# after `if` or before `||` bash would go on. The locks (8 and 9) are not handed on, or a server would keep them.
attempt() {
    set +e
    (set -e; "$@") 8>&- 9>&-
    STATUS=$?
    set -e
}

# run STEP-NAME HOW-TO-MEND COMMAND...: runs quietly; a failure shows the output and how to mend it.
run() {
    local what=$1 mend=$2 log
    shift 2
    say "$what"
    log="$STATE/log/$(printf '%s' "$what" | tr -cs 'A-Za-z0-9' '-' | cut -c 1-100).log"
    attempt "$@" >"$log" 2>&1
    [ "$STATUS" = 0 ] || { tail -n 40 "$log" >&2; die "$what: failed (whole output: $log). $mend"; }
}

# lock FD NAME: waits for its turn. The lock ends with `exec FD>&-`, or with the process.
lock() {
    eval "exec $1>\"\$STATE/\$2.lock\""
    flock -w 2 "$1" || { say "Another script is at work on $2: waiting for it"; flock "$1"; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "this step needs root: run as root, or install sudo."
    fi
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

#=== PostgreSQL ===#
# With PGHOST set, that server is used as it is. Otherwise a private cluster in .local/pg, on a unix socket, without TCP.

pg_bin() { # the version that made the cluster, or the newest
    local dir version
    version=$(cat "$STATE/pg/PG_VERSION" 2>/dev/null) || version='*'
    for dir in /usr/lib/postgresql/$version/bin; do
        if [ -x "$dir/initdb" ]; then printf '%s\n' "$dir"; fi
    done | sort -V | tail -n 1
}

# PostgreSQL refuses to run as root. As root we become `postgres`, who must still be able to reach the
# project's folder when that lies below a private one (such as /root): the capability lets it pass through.
pg_as() {
    if [ "$(id -u)" != 0 ]; then "$@"
    elif runuser -u postgres -- test -x "$STATE"; then runuser -u postgres -- "$@"
    else setpriv --reuid postgres --regid postgres --init-groups \
        --inh-caps +dac_override --ambient-caps +dac_override -- "$@"
    fi
}

pg_env() {
    if [ -n "${PGHOST:-}" ]; then
        PG_PRIVATE=
    else
        PG_PRIVATE=1
        PGHOST="$STATE/run"
        # A unix socket's path has at most 107 bytes, the file's own name included.
        if [ "$(printf '%s' "$PGHOST" | wc -c)" -gt 85 ]; then
            PGHOST="/tmp/coworking-$(printf '%s' "$ROOT" | cksum | cut -d ' ' -f 1)"
        fi
        export PGHOST PGUSER=odoo
        unset PGPORT PGPASSWORD PGDATABASE PGSERVICE
    fi
}

pg_start() {
    local bin
    pg_env
    if [ -z "$PG_PRIVATE" ]; then
        psql -d postgres -Atqc 'SELECT 1' >/dev/null \
            || die "no PostgreSQL answers at PGHOST=$PGHOST. Start it, or unset PGHOST to use a private one."
        return
    fi
    bin=$(pg_bin)
    [ -n "$bin" ] || die "PostgreSQL is not installed, or not in the version that made .local/pg. Run scripts/setup, or delete .local/pg."
    lock 9 postgresql
    if [ ! -e "$STATE/pg" ]; then
        rm -rf "$STATE/pg.new"
        mkdir -m 700 "$STATE/pg.new"
        if [ "$(id -u)" = 0 ]; then chown postgres: "$STATE/pg.new"; fi
        run "Making a private PostgreSQL cluster" "Then try again." \
            pg_as "$bin/initdb" -D "$STATE/pg.new" --auth=trust --encoding=UTF8 --locale=C.UTF-8 -U postgres
        # Everything in it can be made again: speed before durability.
        cat >>"$STATE/pg.new/postgresql.conf" <<CONF
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 256MB
max_connections = 100
CONF
        mv "$STATE/pg.new" "$STATE/pg"
    fi
    if ! pg_as "$bin/pg_ctl" -D "$STATE/pg" status >/dev/null 2>&1; then
        mkdir -p "$PGHOST"
        if [ "$(id -u)" = 0 ]; then chown postgres: "$PGHOST"; fi
        run "Starting the private PostgreSQL" "Read .local/pg/server.log." \
            pg_as "$bin/pg_ctl" -D "$STATE/pg" -l "$STATE/pg/server.log" \
            -o "-c unix_socket_directories='$PGHOST'" -w start
    fi
    [ "$(psql -U postgres -d postgres -Atqc "SELECT 1 FROM pg_roles WHERE rolname = 'odoo'")" = 1 ] \
        || psql -U postgres -d postgres -qc "CREATE ROLE odoo LOGIN CREATEDB"
    exec 9>&-
}

db_exists() { [ "$(psql -d postgres -Atqc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }
db_query() { psql -d "$1" -Atqc "$2"; }

# What a database was made from is kept as its comment: renamed with it, gone with it, not copied with it.
db_made_from() {
    psql -d postgres -Atqc "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"
}
db_mark() { psql -d postgres -qc "COMMENT ON DATABASE \"$1\" IS '$2'"; }

db_drop() {
    # --force is refused while PostgreSQL itself tidies up in there; that, plain dropping ends
    PGOPTIONS="-c client_min_messages=warning" dropdb --if-exists --force "$1" 2>/dev/null ||
        PGOPTIONS="-c client_min_messages=warning" dropdb --if-exists "$1"
    rm -rf "${DATA:?}/filestore/$1" "$STATE/$1.conf"
}

db_copy() { # FROM TO
    db_drop "$2"
    if [ -d "$DATA/filestore/$1" ]; then cp -a "$DATA/filestore/$1" "$DATA/filestore/$2"; fi
    createdb -T "$1" "$2"
}

db_rename() { # FROM TO
    db_drop "$2"
    if [ -d "$DATA/filestore/$1" ]; then mv "$DATA/filestore/$1" "$DATA/filestore/$2"; fi
    psql -d postgres -qc "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    rm -f "$STATE/$1.conf"
}

#=== Odoo ===#

odoo_path() { /usr/bin/python3 -c 'import odoo; print(next(iter(odoo.__path__)))'; }

odoo_conf() { # DATABASE: the path of a configuration for that database alone
    local conf="$STATE/$1.conf"
    (umask 077 && cat >"$conf") <<CONF
[options]
addons_path = $(odoo_path)/addons,$ADDONS
data_dir = $DATA
db_host = $PGHOST
db_user = ${PGUSER:-$(id -un)}
${PGPORT:+db_port = $PGPORT}
${PGPASSWORD:+db_password = $PGPASSWORD}
db_name = $1
list_db = False
http_interface = 127.0.0.1
workers = 0
CONF
    printf '%s\n' "$conf"
}

odoo_on() { # DATABASE ARGUMENTS...
    local conf
    conf=$(odoo_conf "$1")
    shift
    ODOO_RC="$conf" odoo "$@"
}

# Their French has all terms of these modules, which are left in $STATE/MODULE.pot.
check_french() { # DATABASE MODULE...
    local db=$1 module
    shift
    MODULES="$*" STATE="$STATE" odoo_on "$db" shell --no-http --log-level=critical <<'PY'
import os
from odoo.tools.translate import trans_export
for module in os.environ["MODULES"].split():
    with open(f"{os.environ['STATE']}/{module}.pot", "wb") as stream:
        trans_export(None, [module], stream, "po", env)
PY
    for module; do msgcmp "$ROOT/addons/$module/i18n/fr.po" "$STATE/$module.pot"; done
}

# quiet_log COMMAND...: fails when Odoo logs a warning or worse. Odoo 19.0 itself logs none when our dependencies are
# installed or updated; lines from elsewhere (docutils, "Running as user 'root'") are not of its log.
quiet_log() {
    local log="$STATE/log/ci-${FUNCNAME[1]}.log"
    attempt "$@" >"$log" 2>&1
    [ "$STATUS" = 0 ] || { cat "$log"; return 1; }
    ! grep -E -A 30 '^[0-9-]{10} [0-9:,]{12} [0-9]+ (WARNING|ERROR|CRITICAL) ' "$log"
}

#=== The project's databases ===#
# coworking_base is French Odoo with the modules that ours needs and no demonstration. It is made once; the
# others are copies of it, in which our module is then installed.

base_modules() {
    /usr/bin/python3 - "$ADDONS/$MODULE/__manifest__.py" <<'PY'
import ast, sys
depends = ast.literal_eval(open(sys.argv[1]).read()).get("depends", [])
print(",".join(sorted({"account", "calendar", "contacts", "l10n_fr_account", "portal", "resource", *depends})))
PY
}

# What the base is made from, and our modules in a copy of it, in a few characters.
base_hash() {
    { base_modules; dpkg-query -W -f '${Version}' odoo-19 2>/dev/null || odoo --version; } \
        | sha256sum | cut -c 1-12
}
source_hash() { # MODULE...
    (
        cd "$ADDONS"
        find "$@" -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-12
    )
}

module_state() { db_query "$1" "SELECT state || ' ' || demo FROM ir_module_module WHERE name = '$2'"; }

chart() { db_query "$1" "SELECT chart_template FROM res_company WHERE id = 1"; }

# Odoo reports some failures in its log only: its own tables tell.
base_init() { # DATABASE
    local module
    odoo_on "$1" db init "$1" --country FR --language fr_FR
    odoo_on "$1" --no-http --stop-after-init --log-level=warn -i "$(base_modules)"
    for module in $(base_modules | tr , ' '); do
        case "$(module_state "$1" "$module")" in
            installed*) ;;
            *) echo "The module $module did not install: read the warnings and errors above."; return 1 ;;
        esac
    done
    [ "$(chart "$1")" = fr ] || { echo "The company did not get the French chart of accounts."; return 1; }
}

base_make() {
    local hash
    hash=$(base_hash)
    [ "$(db_made_from "$BASE_DB")" != "$hash" ] || return 0
    db_drop "$BASE_DB.new"
    run "Making a French Odoo to copy from (once, two minutes)" "Then try again." base_init "$BASE_DB.new"
    db_rename "$BASE_DB.new" "$BASE_DB"
    db_mark "$BASE_DB" "$hash"
}

# Odoo loads a module's demonstration where the modules it depends on have theirs. We want ours and none of
# Odoo's sample companies: so they are said to have theirs while ours is being installed.
module_install() { # DATABASE MODULE...
    local db=$1 module ours
    shift
    ours=$(cd "$ADDONS" && printf "'%s'," */)
    for module; do
        db_query "$db" "UPDATE ir_module_module SET demo = true WHERE state = 'installed'"
        odoo_on "$db" --no-http --stop-after-init --log-level=warn -i "$module"
        db_query "$db" "UPDATE ir_module_module SET demo = false WHERE name NOT IN (${ours//\//}'')"
    done
    module_check "$db" "$@"
}

module_update() { # DATABASE MODULE (ours, with what stands on it, or base for all)
    odoo_on "$1" --no-http --stop-after-init --log-level=warn -u "$2" --i18n-overwrite
    module_check "$1" "$MODULE"
}

# Odoo goes on without a demonstration that fails to load: for us that is a failure.
module_check() { # DATABASE MODULE...
    local db=$1 module
    shift
    for module; do
        [ "$(module_state "$db" "$module")" = "installed true" ] \
            || { echo "$module or its demonstration did not load: read the warnings and errors above."; return 1; }
    done
}

made_from() { echo "$(base_hash) $(source_hash "$@")"; } # MODULE...

# A French Odoo with our modules and their demonstration, which has its name only once it is whole.
demo_make() { # DATABASE WHAT-IT-IS MODULE...
    local db=$1 what=$2 hash
    shift 2
    hash=$(made_from "$@")
    base_make
    run "Making $what ($db)" "The database is not used half made: try again." demo_fill "$BASE_DB" "$db.new" "$@"
    db_rename "$db.new" "$db"
    db_mark "$db" "$hash"
}
demo_fill() { # FROM DATABASE MODULE...
    local from=$1 db=$2
    shift 2
    db_copy "$from" "$db" && module_install "$db" "$@" && assets_make "$db"
}

# What browsers load, at once: the first page is not waited for, and a test in a browser, of which nothing is kept, does
# not make it again. What the unit tests of Odoo's own scripts load, half of it all, nobody asks for; dark pages, public
# calls and spreadsheets and the pages on the API are made when somebody does. Debian ships a library of video calls empty,
# and pages log an error about it: it is left out.
assets_make() { # DATABASE
    odoo_on "$1" shell --no-http --log-level=critical <<'PY'
library = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
if not env["ir.asset"].search_count([("path", "=", library)]):
    env["ir.asset"].create(
        {"name": library, "bundle": "web.assets_backend", "directive": "remove", "path": library}
    )
pages = env["ir.qweb"]
scripts, styles = pages._get_bundles_to_pregenarate()
left = "unit_tests", "qunit_suite_tests", "tests_assets", "dark", "public", "api_doc"
for bundle in sorted(scripts | styles):
    if not any(words in bundle for words in left):
        files = pages._get_asset_bundle(bundle, css=bundle in styles, js=bundle in scripts)
        if bundle in styles:
            files.css()
        if bundle in scripts:
            files.js()
env.cr.commit()
PY
}

# What scripts/test copies. The second is the first with the funders' half on top.
template_make() {
    if [ "$(db_made_from "$TEMPLATE_DB")" != "$(made_from "$MODULE")" ]; then
        demo_make "$TEMPLATE_DB" "the template of the tests" "$MODULE"
    fi
}
funding_template_make() {
    local hash
    hash=$(made_from "$MODULE" "$FUNDING")
    [ "$(db_made_from "$FUNDING_TEMPLATE_DB")" != "$hash" ] || return 0
    template_make
    run "Making the template of the funders' tests ($FUNDING_TEMPLATE_DB)" "Then try again." \
        demo_fill "$TEMPLATE_DB" "$FUNDING_TEMPLATE_DB.new" "$FUNDING"
    db_rename "$FUNDING_TEMPLATE_DB.new" "$FUNDING_TEMPLATE_DB"
    db_mark "$FUNDING_TEMPLATE_DB" "$hash"
}

#=== Without ours and with them ===#
# Two databases that differ by our addons alone, as Odoo's own builds are: in English, without a country and without a
# demonstration. Odoo's tests, its work and what is there before ours come are compared on them.

ODOOS_TESTED=(account account_edi_ubl_cii calendar contacts mail portal privacy_lookup resource) # whose tests are run
WITHOUT_DB=coworking_peers_without
WITH_DB=coworking_peers_with
BESIDE_DB=coworking_peers_beside # in place of ours some of Odoo's addons, which know nothing of bills
ODOOS_BESIDE=(crm event hr_holidays mass_mailing survey)

peers_make() {
    local hash
    hash="$(base_hash) $({ echo "${ODOOS_TESTED[*]}"; declare -f peer_fill assets_make; } | sha256sum | cut -c 1-12)"
    peer_make "$WITHOUT_DB" "$hash" peer_fill
    peer_make "$WITH_DB" "$hash $(source_hash "$MODULE" "$FUNDING")" peer_install "$MODULE" "$FUNDING"
}
peer_make() { # DATABASE MADE-FROM COMMAND...
    [ "$(db_made_from "$1")" != "$2" ] || return 0
    run "Making $1" "Then try again." "$3" "$1.new" "${@:4}"
    run "Making what browsers load of $1" "Then try again." assets_make "$1.new"
    db_rename "$1.new" "$1"
    db_mark "$1" "$2"
}
peer_fill() { # DATABASE
    db_drop "$1"
    odoo_on "$1" --no-http --stop-after-init --log-level=warn -i "$(base_modules),$(IFS=, && echo "${ODOOS_TESTED[*]}")"
}
peer_install() { # DATABASE MODULE...
    db_copy "$WITHOUT_DB" "$1"
    odoo_on "$1" --no-http --stop-after-init --log-level=warn -i "$(IFS=, && echo "${*:2}")"
}
beside_make() {
    peers_make
    peer_make "$BESIDE_DB" "$(db_made_from "$WITHOUT_DB") ${ODOOS_BESIDE[*]}" peer_install "${ODOOS_BESIDE[@]}"
}

# What a database holds of ours, by kind and name.
list_ours() { # DATABASE
    db_query "$1" "
        SELECT 'relation', relname::text FROM pg_class WHERE relname LIKE '%coworking%'
        UNION SELECT 'function', proname FROM pg_proc WHERE proname LIKE '%coworking%'
        UNION SELECT 'trigger', tgname FROM pg_trigger WHERE tgname LIKE '%coworking%'
        UNION SELECT attrelid::regclass::text, attname FROM pg_attribute
               WHERE (attname LIKE '%coworking%' OR attrelid::regclass::text LIKE 'coworking%') AND NOT attisdropped
        UNION SELECT model, name FROM ir_model_data WHERE module LIKE 'coworking%'
        UNION SELECT model, module || '.' || name FROM ir_model_data
               WHERE model LIKE 'ir.model.%' AND name LIKE '%coworking%'
        UNION SELECT 'foreign key', name FROM ir_model_constraint WHERE name LIKE '%coworking%'
        UNION SELECT 'model', model FROM ir_model WHERE model LIKE 'coworking%'
        UNION SELECT 'cron', cron_name FROM ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id
               WHERE a.code LIKE '%coworking%'
        UNION SELECT 'parameter', key FROM ir_config_parameter WHERE key LIKE '%coworking%'
        UNION SELECT 'attachment', res_model FROM ir_attachment WHERE res_model LIKE 'coworking%'
        UNION SELECT 'message', model FROM mail_message WHERE model LIKE 'coworking%'
        UNION SELECT 'activity', res_model FROM mail_activity WHERE res_model LIKE 'coworking%'
        UNION SELECT 'follower', res_model FROM mail_followers WHERE res_model LIKE 'coworking%'
        UNION SELECT 'view', model FROM ir_ui_view WHERE model LIKE 'coworking%'
        UNION SELECT 'window', res_model FROM ir_act_window WHERE res_model LIKE 'coworking%'
        UNION SELECT 'filter', model_id FROM ir_filters WHERE model_id LIKE 'coworking%'
        UNION SELECT 'export', resource FROM ir_exports WHERE resource LIKE 'coworking%'
        UNION SELECT 'subtype', res_model FROM mail_message_subtype WHERE res_model LIKE 'coworking%'
        UNION SELECT 'to be sent', model FROM mail_scheduled_message WHERE model LIKE 'coworking%'
        ORDER BY 1, 2"
}

# What is settled of months and entered in the books: no update changes it.
list_settled() { # DATABASE
    db_query "$1" "
        SELECT charge.id, charge.seat_id, charge.period, charge.kind, charge.amount_untaxed, charge.amount_tax,
               charge.amount_total, charge.funded_amount, charge.copayment_amount, charge.payable_total
          FROM coworking_charge charge JOIN coworking_statement statement ON statement.id = charge.statement_id
         WHERE statement.state IN ('confirmed', 'billed') ORDER BY charge.id"
    db_query "$1" "SELECT id, move_id, debit, credit, amount_residual FROM account_move_line
         WHERE parent_state = 'posted' ORDER BY id"
}
