"""Every folder of tests/cases is one test.

    args            one argument a line
    stdin           what to give it (optional)
    status          the exit status
    expect.stdout   what it must write
    expect.stderr   the same for diagnostics (optional: absent, they are not compared)

The program runs inside the folder, with the clock at lib.NOW.  `make golden`
rewrites the expectations; read the difference before you keep it.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import lib  # noqa: E402

CASES = lib.TESTS / "cases"


class Cases(lib.TestCase):
    def check(self, folder):
        arguments = (folder / "args").read_text().splitlines()
        stdin = folder / "stdin"
        ran = self.pindrift(*arguments, cwd=folder,
                            stdin=stdin.read_bytes() if stdin.exists() else b"")
        wanted = folder / "status"
        if lib.UPDATE_GOLDEN:
            wanted.write_text(f"{ran.status}\n")
        self.assertEqual(ran.status, int(wanted.read_text()), ran.stderr)
        self.assert_golden(folder / "expect.stdout", ran.stdout)
        if (folder / "expect.stderr").exists():
            self.assert_golden(folder / "expect.stderr", ran.stderr)


def _test_of(folder):
    return lambda self: self.check(folder)


for _args in sorted(CASES.glob("**/args")):
    _name = str(_args.parent.relative_to(CASES)).replace("/", "_").replace("-", "_")
    setattr(Cases, f"test_{_name}", _test_of(_args.parent))

if __name__ == "__main__":
    unittest.main()
