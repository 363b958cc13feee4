"""Odoo processes of their own, started by test_processes.py: ``worker.py SETTINGS``.

It loads the registry, which takes longer than what is then done, and makes a process for each order
that it is sent with the socket to answer at. Not a test module.
"""

import json
import os
import signal
import socket
import sys
import time
import traceback


def main():
    if os.fork():  # Odoo ends the children of a process of tests with each class
        return
    settings = json.loads(sys.argv[1])
    import odoo
    from odoo.modules.registry import Registry

    odoo.tools.config.parse_config(settings["options"], setup_logging=True)
    Registry(settings["database"])
    odoo.sql_db.close_all()  # a connection is of one process
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    orders = socket.socket(fileno=sys.stdin.fileno())
    while True:
        order, sockets, *_flags = socket.recv_fds(orders, 1 << 16, 1)
        if not order:
            return
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with socket.socket(fileno=sockets[0]) as own, own.makefile("w") as answers:
                do(answers, settings, *json.loads(order))
            os._exit(0)
        os.close(sockets[0])


def do(answers, settings, action, ids):
    """Say "ready", wait until the test lets all go, do one thing as a request of a user would (with
    Odoo's retries), and say how it ended.
    """
    from odoo import SUPERUSER_ID, api
    from odoo.exceptions import UserError
    from odoo.modules.registry import Registry
    from odoo.service.model import retrying

    try:
        registry = Registry(settings["database"]).check_signaling()
        print("ready", file=answers, flush=True)
        with registry.cursor() as gate:
            gate.execute("SELECT pg_advisory_lock_shared(%s)", [settings["gate"]])
        with registry.cursor() as cr:
            user_id = ids.get("user", SUPERUSER_ID)
            env = api.Environment(cr, user_id, {"lang": "en_US"}, su=True)
            if action in STEPS:
                print(json.dumps(work_through(env, ids, STEPS[action])), file=answers)
            else:
                print("done", retrying(lambda: ACTIONS[action](env, ids), env), file=answers)
    except UserError as error:
        print("refused", error, file=answers)
    except Exception:
        traceback.print_exc(file=answers)


def generate(env, ids):
    program = env["coworking.program"].browse(ids["program"])
    return env["coworking.statement"]._generate(program, "2015-06-01").ids


def open_month(env, ids):
    """The button of the dialog: what it answers."""
    wizard = env["coworking.statement.generate"].create(
        {"program_ids": ids["program"], "date_from": "2015-06-01"}
    )
    return wizard.action_generate()["type"]


def bill(env, ids):
    statement = env["coworking.statement"].browse(ids["statement"])
    statement.action_create_bill()
    return statement.bill_id.ids


def confirm(env, ids):
    """Each worker its own seat, for the same last place."""
    seat = env["coworking.seat"].browse(ids["seats"][ids["number"]])
    seat.action_confirm()
    return seat.ids


def work_through(env, ids, ask):
    """What the button answers, and what the screen then does until nothing is left.

    :return: what the screen says at the end; nothing if none was opened
    """
    from odoo.service.model import retrying

    answer = retrying(lambda: ask(env, ids), env)
    answer = answer.get("params", {}).get("next", answer)  # after what is told at once
    if answer.get("res_model") != "coworking.month.run":
        return None
    run = env["coworking.month.run"].browse(answer["res_id"])
    while run.state == "running":
        if not retrying(run.action_work, env):
            time.sleep(0.2)
        env.cr.commit()  # the next request sees what others did
        env.invalidate_all()
    return run.outcome


def ask_generate(env, ids):
    wizard = env["coworking.statement.generate"].create(
        {"program_ids": ids["program"], "date_from": "2015-06-01"}
    )
    return wizard.action_generate()


def ask_send(env, ids):
    return env["coworking.statement"].browse(ids["statements"]).action_send_each()


def ask_bills(env, ids):
    return env["coworking.statement"].browse(ids["statements"]).action_create_bill_each()


def steer(env, ids):
    """The hour of the automatic pilot: what is due is noted, then done."""
    import freezegun

    runs = env["coworking.month.run"]
    with freezegun.freeze_time(ids["now"], tick=True):
        runs._cron_steer()
        runs._cron_work()
    return "steered"


def steer_until_killed(env, ids):
    """The same, by a process that ends in the middle."""
    end_in_the_middle(env, "coworking.month.run", "_finish")
    return steer(env, ids)


def end_in_the_middle(env, model, method):
    """What is done with this method is done and committed once; the next time, done and not."""
    import os
    import signal

    do, begun = getattr(type(env[model]), method), []

    def end(records, *args):
        result = do(records, *args)
        records.env.flush_all()
        begun.append(records)
        if len(begun) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(type(env[model]), method, end)


def catch_up(env, ids):
    """The daily run, of the programs of this test alone."""
    import freezegun

    statements = env["coworking.statement"]
    find = type(statements)._get_months_to_generate
    type(statements)._get_months_to_generate = lambda records: [
        row for row in find(records) if row[0].id in ids["program"]
    ]
    with freezegun.freeze_time(ids["now"], tick=True):
        statements._cron_generate()
    return "caught up"


def catch_up_until_killed(env, ids):
    """The same, by a process that ends in the middle."""
    end_in_the_middle(env, "coworking.statement", "_generate_reporting")
    return catch_up(env, ids)


def post_bills(env, ids):
    """The button of the list of bills."""
    env["account.move"].browse(ids["bills"]).action_coworking_post_each()
    return "posted"


def pay(env, ids):
    """The button of Odoo's dialog, which somebody else may have open too."""
    payment = env["account.payment.register"].browse(ids["dialog"])
    moves = payment.line_ids.move_id
    payment.with_context(active_model="account.move", active_ids=moves.ids).action_create_payments()
    return "paid"


def pay_until_killed(env, ids):
    """The same, by a process that ends once payments are made and not committed."""
    import os
    import signal

    payments = type(env["account.payment"])
    post = payments.action_post

    def end(self):
        post(self)
        self.env.flush_all()
        os.kill(os.getpid(), signal.SIGKILL)

    payments.action_post = end
    return pay(env, ids)


STEPS = {"ask_generate": ask_generate, "ask_send": ask_send, "ask_bills": ask_bills}
ACTIONS = {
    "generate": generate,
    "open_month": open_month,
    "bill": bill,
    "catch_up": catch_up,
    "catch_up_until_killed": catch_up_until_killed,
    "confirm": confirm,
    "steer": steer,
    "post_bills": post_bills,
    "pay": pay,
    "pay_until_killed": pay_until_killed,
    "steer_until_killed": steer_until_killed,
}

if __name__ == "__main__":
    main()
