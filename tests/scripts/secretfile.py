"""Secrets files, and private copies of them: git keeps no modes, and schedwire
refuses what others can read."""
import os
import re
import shutil
import subprocess
import tempfile

FILES = ("keytab", "keylog")    # kinds of entries that name a file


def entries(text):
    """The entries of a secrets file: lists of kind, account or file, secret."""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        kind, rest = re.split(r"[\t ]+", line, maxsplit=1)
        if kind in FILES:
            yield [kind, rest]
        else:
            yield [kind, *re.split(r"\t+" if "\t" in rest else " +", rest, maxsplit=1)]


def beside(capture):
    """The secrets file of a capture, whether or not there is one."""
    bare = capture[:-3] if capture.endswith(".gz") else capture
    return bare.rsplit(".", 1)[0] + ".secrets"


def built_in(schedwire):
    """Can this schedwire open anything?"""
    run = subprocess.run([schedwire, "-V"], capture_output=True, text=True, check=True)
    return run.stdout.rstrip().endswith(", with secrets")


class Private:
    """A folder that is gone at the end of the with block."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def write(self, name, data, mode=0o600):
        path = os.path.join(self.folder, os.path.basename(name))
        if os.path.exists(path):
            os.unlink(path)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as f:
            f.write(data)
        os.chmod(path, mode)
        return path

    def copy(self, path):
        """A secrets file with what it names; returns the path of the copy."""
        with open(path, "rb") as f:
            data = f.read()
        for kind, name, *_ in entries(data.decode()):
            if kind in FILES:
                with open(os.path.join(os.path.dirname(path), name), "rb") as f:
                    self.write(name, f.read())
        return self.write(path, data)

    def captures(self, schedwire, words):
        """The captures of a command line, each with its options: what stands
        behind --opened is read with the secrets beside it."""
        opened = False
        for word in words:
            if word == "--opened":
                opened = True
                if not built_in(schedwire):
                    break
            else:
                yield word, ["-S", self.copy(beside(word))] if opened else []
