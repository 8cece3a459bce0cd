"""Archives that are whole, and yet not what they should be."""

import io
import tarfile
import warnings
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from lodge.backup.archive import write_archive
from lodge.backup.manifest import Manifest, Member, read_manifest


def contents(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]


def rewrite(source: Path, target: Path, files: Mapping[str, bytes] | None = None, **manifest: Any) -> Path:
    """The same archive with other files, or another manifest, and a seal that fits."""
    old = contents(source)
    told = read_manifest(old.pop("manifest.json"))
    old.pop("seal.sha256")
    return forge(target, old | dict(files or {}), **(told.model_dump(exclude={"members"}) | manifest))


def forge(target: Path, files: Mapping[str, bytes], **manifest: Any) -> Path:
    members = [
        Member.model_construct(name=name, size=len(content), sha256=sha256(content).hexdigest())
        for name, content in files.items()
    ]
    paths: Sequence[Path] = [target.with_name(f"{target.name}-{number}") for number in range(len(files))]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    with warnings.catch_warnings(action="ignore"):  # pydantic's, of values that it would refuse
        write_archive(target, Manifest.model_construct(**{"format": 1, **manifest, "members": members}), paths)
    return target


def foreign_tar(target: Path) -> Path:
    with tarfile.open(target, "w") as tar:
        info = tarfile.TarInfo("readme.txt")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    return target
