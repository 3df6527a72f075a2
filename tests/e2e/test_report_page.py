"""The HTML report as a parser and as a browser read it: the golden pages."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lib  # noqa: E402

GOLDEN = lib.TESTS / "golden"
PAGES = ("report.html", "clean.html", "check.html", "hostile.html")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# All elements that a report has, and their attributes.
ALLOWED = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(), "script": set(),
    "meta": {"charset", "http-equiv", "content", "name"}, "body": set(), "main": set(),
    "header": {"data-verdict"}, "footer": set(), "section": {"id", "aria-labelledby"},
    "h1": set(), "h2": {"id"}, "p": {"class", "role"}, "strong": set(), "b": set(),
    "dl": set(), "dt": set(), "dd": {"class"}, "div": {"id"}, "ul": set(), "li": {"class"},
    "table": {"id", "data-sortable"}, "caption": set(), "thead": set(), "tbody": set(),
    "tr": {"id", "data-level", "data-state", "data-verdict"}, "th": {"scope"},
    "td": {"data-sort"}, "span": {"class"}, "small": set(), "code": {"title"}, "pre": set(),
    "time": {"datetime"}, "a": {"href"}, "details": {"class"}, "summary": set(), "wbr": set(),
    "form": {"id", "role", "hidden"}, "label": {"class"}, "fieldset": set(), "legend": set(),
    "input": {"type", "name", "value", "checked", "autocomplete", "placeholder"},
    "output": {"name", "role"},
}
VOID = {"meta", "input", "wbr"}


class Page(HTMLParser):
    """Elements in order, and whether they close as they open."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []  # (tag, attributes)
        self.texts = {}  # tag to the texts directly within it
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes what is not open, line {self.getpos()[0]}")

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def read(name):
    return (GOLDEN / name).read_text()


class Parsed(unittest.TestCase):
    def each_page(self):
        for name in PAGES:
            with self.subTest(name):
                yield Page(read(name))

    def test_there_are_only_our_elements_and_attributes(self):
        for page in self.each_page():
            self.assertEqual(page.open, [])
            for tag, attributes in page.elements:
                self.assertIn(tag, ALLOWED)
                self.assertLessEqual(set(attributes), ALLOWED[tag], tag)

    def test_the_policy_allows_this_style_and_this_script_alone(self):
        for page in self.each_page():
            (policy,) = [one["content"] for one in page.all("meta")
                         if one.get("http-equiv") == "Content-Security-Policy"]
            directives = dict(one.strip().split(" ", 1) for one in policy.split(";"))
            self.assertEqual(directives["default-src"], "'none'")
            for directive, tag in (("style-src", "style"), ("script-src", "script")):
                (text,) = page.texts[tag]
                hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                self.assertEqual(directives[directive], f"'sha256-{hashed}'")
            self.assertEqual(set(directives), {"default-src", "style-src", "script-src",
                                               "base-uri", "form-action"})

    def test_it_can_be_found_one_s_way_in(self):
        for page in self.each_page():
            self.assertEqual(page.all("html"), [{"lang": "en"}])
            self.assertRegex(page.texts["title"][0], r"^(DRIFT|CLEAN|NOT PINNED): ")
            self.assertEqual(len(page.all("h1")), 1)
            self.assertEqual(len(page.all("caption")), len(page.all("table")))
            self.assertEqual({one.get("scope") for one in page.all("th")}, {"col", "row"}
                             if page.all("th") else set())
            ids = [one["id"] for _, one in page.elements if "id" in one]
            self.assertEqual(len(ids), len(set(ids)))
            for one in page.all("section"):
                self.assertIn(one["aria-labelledby"], ids)
            for one in page.all("a"):
                self.assertIn(one["href"].removeprefix("#"), ids)


@unittest.skipUnless(CHROMIUM, "no Chromium")
class InBrowser(unittest.TestCase):
    def load(self, path, *flags):
        """The page after its script ran, and what the browser logged."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            done = subprocess.run(
                [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                 "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                 f"--user-data-dir={profile}", "--enable-logging=stderr",
                 "--virtual-time-budget=5000", *flags, "--dump-dom", Path(path).as_uri()],
                capture_output=True, timeout=120, check=True)
        return done.stdout.decode(), done.stderr.decode(errors="replace")

    def act(self, script, rows=500):
        """What a script returns that acts on report.html, without its policy.

        `rows` is how many rows a table shows at first.
        """
        page = re.sub(r"<meta http-equiv=[^>]*>\n", "", read("report.html"))
        page = page.replace("const page = 500;", f"const page = {rows};")
        run = ("<script>addEventListener('load', async () => {\n"
               "const wait = () => new Promise((done) => setTimeout(done, 300));\n"
               "const shown = () => [...document.querySelectorAll('#findings-table tbody tr')]"
               ".filter((row) => !row.hidden).map((row) => row.cells[1].textContent);\n"
               f"const result = await (async () => {{ {script} }})();\n"
               "document.title = JSON.stringify(result); });</script>")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.html"
            path.write_text(page.replace("</body>", run + "</body>"))
            dom, _ = self.load(path)
        return json.loads(Page(dom).texts["title"][0])

    def test_the_policy_lets_the_page_work_and_nothing_is_logged(self):
        for name in PAGES:
            with self.subTest(name):
                dom, log = self.load(GOLDEN / name)
                self.assertNotIn("CONSOLE", log)
                page = Page(dom)
                self.assertEqual(len(page.all("script")), 1)
                self.assertNotIn("hidden", (page.all("form") or [{}])[0])

    def test_a_search_leaves_the_rows_that_have_all_words(self):
        self.assertEqual(self.act("""
            const words = document.forms[0].elements.words;
            words.value = 'CART 3 days';
            words.dispatchEvent(new Event('input', { bubbles: true }));
            await wait();
            return [shown(), document.forms[0].elements.count.value];
            """), [["running-differs"], "1 of 11 findings"])

    def test_levels_and_new_ones_can_be_chosen(self):
        self.assertEqual(self.act("""
            for (const box of document.querySelectorAll('[value=error], [value=note]'))
                box.click();
            await wait();
            const warnings = shown();
            document.forms[0].elements.new.click();
            await wait();
            return [warnings, shown()];
            """), [["running-unpinned", "tag-moved", "undeclared", "running-unpinned"],
                   ["tag-moved", "undeclared"]])

    def test_what_somebody_accepted_shows_where_it_is_asked_for(self):
        before, after, accepted = self.act("""
            const before = shown();
            document.forms[0].elements.accepted.click();
            await wait();
            return [before, shown(), document.querySelectorAll('[data-state=waived]').length];
            """)
        self.assertEqual(after, before + ["unpinned", "unpinned"])
        self.assertEqual((len(before), accepted), (9, 1))

    def test_columns_sort_both_ways_and_say_so(self):
        ages = """
            const heading = document.querySelector('#findings-table').tHead.rows[0].cells[4];
            const times = () => [...document.querySelectorAll('#findings-table tbody time')]
                .map((time) => time.dateTime);
            heading.firstChild.click();
            const up = [heading.getAttribute('aria-sort'), times()];
            heading.firstChild.click();
            return [up, [heading.getAttribute('aria-sort'), times()]];
            """
        (up, upwards), (down, downwards) = self.act(ages)
        self.assertEqual((up, down), ("ascending", "descending"))
        self.assertEqual(upwards, sorted(upwards))
        self.assertEqual(downwards, sorted(upwards, reverse=True))
        self.assertEqual(len(upwards), 11)

    def test_long_tables_show_the_first_rows_and_say_so(self):
        first, offer, everything = self.act("""
            const first = shown();
            const more = document.querySelector('#findings-table + .more');
            const offer = more.textContent;
            more.click();
            return [first, offer, shown()];
            """, rows=2)
        self.assertEqual(first, ["mixed-digests", "pin-gone"])
        self.assertEqual(offer, "Only the first 2 are shown: show all 9")
        self.assertEqual(len(everything), 9)


if __name__ == "__main__":
    unittest.main()
