"""What the check of a file's content takes and refuses. It runs here without its process, which has its own tests."""

from pathlib import Path

import pytest
from PIL import Image

from data_api.files.checks.content import Found, check_content
from data_api.files.checks.libmagic import Magic
from data_api.files.checks.pictures import load_decoders
from data_api.files.checks.refused import Refused
from data_api.files.kinds import ALL
from tests.support.hostile_files import Sample, good_files, hostile_files, picture

HOSTILE = list(hostile_files())
GOOD = good_files()


@pytest.fixture(scope="module")
def magic() -> Magic:
    return Magic()


def check(sample: Sample, magic: Magic, folder: Path) -> Found:
    path = folder / "content"
    path.write_bytes(sample.content)
    load_decoders(sample.content[:16])
    with path.open("rb") as file:
        return check_content(file, sample.extension, magic.type_of)


def test_there_are_many() -> None:
    assert len(HOSTILE) >= 120
    assert len({sample.what for sample in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("sample", HOSTILE, ids=[sample.what for sample in HOSTILE])
def test_what_could_do_harm_is_refused(sample: Sample, magic: Magic, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        check(sample, magic, tmp_path)
    assert not str(refused.value).endswith(".")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_is_taken(name: str, magic: Magic, tmp_path: Path) -> None:
    found = check(GOOD[name], magic, tmp_path)
    assert found.kind.type == name.split(" ")[0]
    assert (found.thumbnail is not None) == name.startswith("image/")


def test_every_kind_has_a_good_file() -> None:
    assert {name.split(" ")[0] for name in GOOD} == {kind.type for kind in ALL}


def test_a_thumbnail_is_small_upright_and_tells_nothing(magic: Magic, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 22.0, 0.0)
    content = picture("JPEG", (1200, 600), exif=exif, comment=b"secret")
    found = check(Sample("", "jpg", content), magic, tmp_path)
    assert found.thumbnail is not None
    small = tmp_path / "small.webp"
    small.write_bytes(found.thumbnail)
    with Image.open(small) as image:
        assert (image.format, image.size) == ("WEBP", (240, 480))
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert b"Maker" in content
    assert b"Maker" not in found.thumbnail
