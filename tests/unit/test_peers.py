"""What ``.ci/peers`` makes of two runs of Odoo's own tests."""

import importlib.util
import pathlib

import pytest

SOURCE = pathlib.Path(__file__).parents[2] / ".ci" / "peers.py"
CLASS = "mail.tests.discuss.test_rtc.TestRtc"
NODE = "mail/tests/discuss/test_rtc.py::TestRtc"


@pytest.fixture
def peers():
    spec = importlib.util.spec_from_file_location("peers", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tmp_path):
    """What pytest writes of a run: name of a test -> how it ended."""

    def write(kind, **tests):
        cases = "".join(
            f'<testcase classname="{CLASS}" name="{name}">'
            + ("" if outcome == "passed" else f'<{outcome} message="Why"/>')
            + "</testcase>"
            for name, outcome in tests.items()
        )
        path = tmp_path / f"mail-{kind}.xml"
        path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        return path

    return write


def test_what_fails_without_ours_as_well_is_no_difference(peers, run, tmp_path):
    run("with", test_one="passed", test_two="failure")
    run("without-alone", test_two="error")
    assert peers.compare(tmp_path, {})


@pytest.mark.parametrize("outcome", ["failure", "error", "skipped"])
def test_what_passes_without_ours_alone_is_named_and_fails(peers, run, tmp_path, capsys, outcome):
    run("with", test_one="passed", test_two=outcome)
    run("without-alone", test_two="passed")
    assert not peers.compare(tmp_path, {})
    assert f"{NODE}::test_two: " in capsys.readouterr().out


def test_what_is_not_run_with_ours_is_a_difference(peers, run, tmp_path):
    run("with", test_one="passed")
    run("without-alone", test_two="passed")
    assert not peers.compare(tmp_path, {})


def test_a_reason_is_of_one_test(peers, run, tmp_path, capsys):
    run("with", test_one="passed", test_two="failure", test_twofold="failure")
    run("without-alone", test_two="passed", test_twofold="passed")
    assert not peers.compare(tmp_path, {f"{NODE}::test_two": "Known"})
    both = {f"{NODE}::test_two": "Known", f"{NODE}::test_twofold": "Known too"}
    assert peers.compare(tmp_path, both)
    assert "Known too" in capsys.readouterr().out


def test_a_reason_that_has_gone_is_said(peers, run, tmp_path, capsys):
    run("with", test_one="passed")
    assert peers.compare(tmp_path, {f"{NODE}::test_one": "Known"})
    assert f"{NODE}::test_one passes with ours" in capsys.readouterr().out


def test_a_run_in_which_nothing_passes_fails(peers, run, tmp_path):
    run("with", test_one="failure")
    run("without-alone", test_one="failure")
    assert not peers.compare(tmp_path, {})


@pytest.mark.parametrize(
    ("group", "name", "node"),
    [
        (CLASS, "test_one", f"{NODE}::test_one"),
        ("mail.tests.test_all", "test_all_l10n", "mail/tests/test_all.py::test_all_l10n"),
        ("", "mail.tests.test_rtc", "mail/tests/test_rtc.py"),
    ],
)
def test_a_test_has_the_name_that_pytest_is_asked_for(peers, tmp_path, group, name, node):
    """In a class, in none, and a file that does not load."""
    path = tmp_path / "mail-with.xml"
    path.write_text(f'<suite><testcase classname="{group}" name="{name}"/></suite>')
    assert list(peers.read(path)) == [node]


def test_reasons_are_read_from_lines_of_words(peers, tmp_path):
    path = tmp_path / "reasons.txt"
    path.write_text(f"# What they are\n\n{NODE}::test_two It is so.\n")
    assert peers.read_reasons(path) == {f"{NODE}::test_two": "It is so."}
