"""test_browser.py - the page in Chromium and Firefox, against all programs

The steps stand in t/browser/ui*.mjs; here they get a world and its phones.
"""

import os
import shutil
import subprocess

import pytest
from conftest import BUILD, TOP
from demo import Demo
from phone import ASKED, Phone

SOURCE = os.path.join(TOP, "t", "browser")
FOLDER = os.path.join(BUILD, "t", "browser-run")
# a folder for pictures; docs/ui*.png are some of them
SHOTS = (["--shots", os.environ["MYPBX_SHOTS"]]
         if "MYPBX_SHOTS" in os.environ else [])


@pytest.fixture(scope="module")
def scripts():
    """The steps, beside the modules they import from npm."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing")
    # as distcheck has it, the source may only be read
    subprocess.run(["cp", "-r", "--no-preserve=mode", SOURCE + "/.", FOLDER],
                   check=True)
    subprocess.run(["npm", "ci", "--silent"], cwd=FOLDER, check=True)
    return FOLDER


@pytest.fixture(scope="module")
def demo(new_world):
    demo = Demo(new_world())
    demo.furnish()
    yield demo
    for phone in demo.phones.values():
        phone.stop()


@pytest.fixture
def more_phones(demo):
    """A second phone of alice, and one for erin, who has none."""
    demo.device("erin-desk", "erin", "Desk phone")
    more = {device: Phone(demo.world, device, demo.secrets[device],
                          answer=answer)
            for device, answer in (("alice-soft", ASKED), ("erin-desk", 1))}
    for phone in more.values():
        phone.wait_registered()
    yield more
    for phone in more.values():
        phone.stop()


@pytest.mark.parametrize("script, browser", [
    ("ui.mjs", "chromium"),
    ("tabs.mjs", "chromium"),
    ("favourites.mjs", "chromium"),
    ("verbs.mjs", "chromium"),
    ("ui-firefox.mjs", "firefox-esr"),
])
def test_a_day_in(scripts, demo, script, browser):
    run(scripts, demo, script, browser)


def test_every_verb(scripts, demo, more_phones):
    run(scripts, demo, "calls.mjs", "chromium")


def test_passwords(scripts, demo):
    demo.world.ctl("device", "add", "dave-soft", "--user", "dave", "--text",
                   "Soft phone", "--secret", "user")
    run(scripts, demo, "password.mjs", "chromium")
    demo.world.ctl("device", "delete", "dave-soft")


def test_who_sees_what(scripts, demo):
    demo.world.ctl("group", "add", "sales")
    demo.world.ctl("group", "put", "sales", "--user", "alice", "--kind", "out")
    demo.world.ctl("template", "set", "office", "--no-answer", "40")
    demo.world.ctl("user", "set", "alice", "--template", "office")
    run(scripts, demo, "visibility.mjs", "chromium")
    demo.world.ctl("user", "set", "alice", "--template", "-")


def test_administration(scripts, demo):
    """More users than a page has; and the phone that was made registers."""
    demo.world.psql(
        "INSERT INTO users (name, node, number, display_name, password)"
        " SELECT 'extra-' || n, node, 1000 + n, 'Extra User ' || n, '$'"
        " FROM users, generate_series(1, 110) n WHERE name = 'alice'")
    run(scripts, demo, "admin.mjs", "chromium")
    with open(os.path.join(FOLDER, "frida-desk.secret"),
              encoding="utf-8") as told:
        with Phone(demo.world, "frida-desk", told.read()) as phone:
            phone.wait_registered()
    demo.world.psql("DELETE FROM users WHERE name ~ '^(extra-|frida)'")


def run(scripts, demo, script, browser):
    assert shutil.which(browser), f"{browser} is missing"
    said = demo.world.path(script + ".log")
    with open(said, "w+", encoding="utf-8") as file:
        try:
            code = subprocess.call(
                ["node", script, "--demo", demo.world.path("demo.json"),
                 *SHOTS],
                cwd=scripts, stdout=file, stderr=file, timeout=420)
        except subprocess.TimeoutExpired:
            code = "has not ended"
        file.seek(0)
        assert code == 0, file.read()
