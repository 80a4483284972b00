"""test_docs.py - the pages in docs/ name what the programs have

A key, an event, a table or a setting that nobody has described fails here;
so does a link that leads nowhere.
"""

import glob
import os
import re

import pytest

from conftest import TOP
from contract import description

PAGES = sorted(glob.glob(os.path.join(TOP, "docs", "*.md"))) + [
    os.path.join(TOP, "README.md")]


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def rows(text):
    """First cells of all table rows."""
    return [line.split("|")[1] for line in text.splitlines()
            if line.startswith("|")]


def words(cells):
    """What stands between backquotes, with <...> and {...} left out."""
    found = re.findall("`([^`]+)`", "\n".join(cells))
    return {re.sub("<[^>]*>", "%s", word) for word in found}


def headings(text):
    return re.findall("^#+ (.*)$", text, re.M)


def anchors(path):
    """As a reader of Markdown makes them of the headings."""
    text = read(path)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
            for h in headings(text)}


def test_every_redis_key_has_a_row():
    keys = read("lib", "keys.h")
    names = set(re.findall(r'^#define KEY_\w+ "([^"]+)"', keys, re.M))
    names |= set(re.findall(r'^KEY_MAKER2?\(\w+, "([^"]+)"\)', keys, re.M))
    assert len(names) > 15
    described = words(rows(read("docs", "redis.md")))
    # the page may name a part that is always the same: known:login:%s
    described |= {re.sub(":[a-z]+:", ":%s:", word) for word in described}
    assert names - described == set()


def test_keys_that_scripts_spell_are_keys():
    keys = read("lib", "keys.h")
    for path in glob.glob(os.path.join(TOP, "lua", "*.lua")):
        for part in re.findall(r"'([a-z]+:)' \.\.", read(path)):
            assert f'"{part}%s' in keys, (path, part)


def test_what_is_beside_the_api_is_described():
    paths = re.findall(r'^\t\{ "(/[a-z/]+)", PUBLIC,',
                       read("fcgi", "api", "inner.c"), re.M)
    assert {path for path, verbs in description()["paths"].items()
            if "servers" in verbs} == set(paths) != set()


def test_every_event_has_a_section():
    names = re.findall(r'^\t\[EVENT_\w+\] =\s+"([a-z.]+)"',
                       read("lib", "event.c"), re.M)
    assert len(names) > 15
    said = re.split(", ", ", ".join(headings(read("docs", "events.md"))))
    assert set(names) - set(said) == set()


def schema():
    return "".join(read(path) for path in sorted(
        glob.glob(os.path.join(TOP, "conf", "schema", "*.sql"))))


def test_every_table_has_a_section():
    tables = re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", schema(), re.M)
    assert len(tables) > 6
    said = " ".join(headings(read("docs", "schema.md"))).split()
    assert set(tables) - set(said) == set()


def test_every_column_is_described():
    text = read("docs", "schema.md")
    columns = set(re.findall(r'^\t"?([a-z_0-9]+)"?\t+(?:text|boolean|bigint|'
                             r'integer|jsonb|timestamptz)\b', schema(), re.M))
    assert len(columns) > 30
    assert {c for c in columns if f"`{c}`" not in text} == set()


def test_every_setting_has_a_row_with_its_preset():
    settings = re.findall(r'^\t\{ "(\w+)", [A-Z]+, &conf\.\w+, ([^\n]*),$',
                          read("lib", "conf.c"), re.M)
    assert len(settings) > 15
    table = [line.split("|") for line in
             read("docs", "operations.md").splitlines() if
             line.startswith("| `")]
    said = {cells[1].strip(" `"): cells[2].strip() for cells in table}
    for name, preset in settings:
        assert name in said
        if name != "schema":	# depends on where it is installed
            assert said[name] == preset.strip('"'), name


def test_every_verb_has_a_row():
    verbs = re.findall(r'^\t\{ "([a-z ]+)", (?:NULL|"[^"]+"), ',
                       read("ctl", "main.c"), re.M)
    assert len(verbs) > 10
    said = {" ".join(re.match("[a-z ]*", word)[0].split()) for word in
            words(rows(read("docs", "operations.md")))}
    assert set(verbs) - said == set()


@pytest.mark.parametrize("page", [os.path.relpath(p, TOP) for p in PAGES])
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)
                                ) if path else page
        assert os.path.exists(os.path.join(TOP, path)), link
        if anchor:
            assert anchor in anchors(path), link


@pytest.mark.parametrize("page", [os.path.relpath(p, TOP) for p in PAGES])
def test_files_that_are_named_exist(page):
    """`fcgi/api/route.c` and its like, from the top of the tree."""
    for path in re.findall(r"`((?:lib|fcgi|sipbridge|relay|ctl|conf|lua|demo|t"
                           r"|htdocs)/[\w./-]*)`", read(page)):
        assert os.path.exists(os.path.join(TOP, path)), path


def test_every_page_is_listed():
    readme = read("README.md")
    made = read("docs", "Makefile.am")
    for page in PAGES[:-1]:
        name = os.path.basename(page)
        assert f"docs/{name}" in readme
        assert name in made


def test_the_two_commands_are_the_first_block():
    top = read("README.md").splitlines()[:40]
    block = [line for line in top if line.startswith("    ")]
    assert [line.split()[:2] for line in block] == [
        ["./mypbx", "demo"], ["./mypbx", "check"]]
    assert top.index(block[1]) == top.index(block[0]) + 1
