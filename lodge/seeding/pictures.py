"""Draws the photos, the screenshot and the plan that people of the demo campus have sent."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont

PAPER, INK = (250, 249, 245), (40, 42, 46)
Colour = tuple[int, int, int]


def wet_ceiling() -> bytes:
    """A photo: a brown stain on the tiles of a ceiling, and drops below it."""
    picture = Image.new("RGB", (960, 720), (228, 224, 215))
    draw = ImageDraw.Draw(picture)
    for place in range(0, 960, 240):
        draw.line([(place, 0), (place, 720)], (196, 191, 181), 5)
        draw.line([(0, place), (960, place)], (196, 191, 181), 5)
    stain = Image.new("RGBA", picture.size)
    for size, colour in ((250, (150, 110, 60, 90)), (190, (228, 214, 190, 120)), (150, (139, 98, 50, 110))):
        ImageDraw.Draw(stain).ellipse([470 - size, 330 - size * 0.7, 470 + size, 330 + size * 0.7], colour)
    picture.paste(stain.filter(ImageFilter.GaussianBlur(14)), (0, 0), stain.filter(ImageFilter.GaussianBlur(14)))
    for x, y in ((430, 470), (500, 540), (465, 640)):
        draw.ellipse([x, y, x + 12, y + 22], (176, 196, 210), (140, 160, 175))
    return _photo(picture)


def lift_out_of_order() -> bytes:
    """A photo: a note that is taped to the doors of a lift."""
    picture = Image.new("RGB", (720, 960), (150, 154, 160))
    draw = ImageDraw.Draw(picture)
    for place in range(0, 720, 6):
        draw.line([(place, 0), (place, 960)], (146 + place % 18, 150 + place % 18, 157 + place % 18), 3)
    draw.line([(360, 0), (360, 960)], (70, 72, 76), 6)
    note = Image.new("RGBA", (400, 260), (*PAPER, 255))
    _write(ImageDraw.Draw(note), ["OUT OF ORDER", "", "Please take the stairs."], (200, 70), 40, "ma")
    turned = note.rotate(4, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (150, 330), turned)
    draw.rectangle([300, 322, 420, 352], (214, 204, 150))
    return _photo(picture)


def no_connection() -> bytes:
    """A screenshot of a browser without the internet."""
    picture = Image.new("RGB", (1000, 640), (222, 225, 230))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle([40, 40, 960, 600], 12, PAPER, (170, 174, 180), 2)
    draw.rounded_rectangle([60, 56, 940, 92], 18, (236, 238, 242))
    draw.text((84, 63), "https://learn.campus.example", (95, 99, 105), _font(20))
    _write(draw, ["No internet", "", "The server's address could not be found.", "DNS_PROBE_FINISHED"], (140, 200), 30)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def spare_part() -> bytes:
    """A page of a document: what a spare part costs."""
    page = Image.new("RGB", (827, 1169), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    lines = ["Spare part, order 20417", "", "1 seal, 40 mm              6.20", "1 valve, brass           31.50"]
    _write(draw, [*lines, "Delivery                     4.90", "", "Total                        42.60"], (90, 120), 30)
    draw.line([(90, 520), (737, 520)], INK, 2)
    written = BytesIO()
    page.save(written, "PDF", resolution=100)
    return written.getvalue()


def _photo(picture: Image.Image) -> bytes:
    grain = Image.effect_noise(picture.size, 26).convert("RGB")
    written = BytesIO()
    Image.blend(picture, grain, 0.07).filter(ImageFilter.GaussianBlur(0.8)).save(written, "JPEG", quality=78)
    return written.getvalue()


def _write(draw: ImageDraw.ImageDraw, lines: list[str], at: tuple[int, int], size: int, anchor: str = "la") -> None:
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * int(size * 1.4)), line, INK, _font(size), anchor)


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
