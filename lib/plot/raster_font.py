"""Draws lib/plot/raster_font.json, the letters that stand in PNG pictures.

    python raster_font.py DejaVuSansCondensed.ttf > raster_font.json   (needs Pillow)

Two sizes, for plain and for doubled resolution. Coverage is kept in 16 levels. Per size: the line's
ascent and height, the glyphs' advances in pixels, and one gray PNG with all glyphs side by side.
"""
import base64, io, json, sys
from PIL import Image, ImageDraw, ImageFont

chars = "".join(
    [chr(c) for c in range(32, 127)]
    + [chr(c) for c in range(0xA1, 0x100) if c != 0xAD]
    + [chr(c) for c in range(0x391, 0x3CA) if c != 0x3A2]
    + list("–—‘’“”„•…′″₀₁₂₃₄₅₆₇₈₉ₙₖⁿ⁻⁰⁴⁵⁶⁷⁸⁹−←↑→↓↔∂∇∈∏∑√∞∥∩∪≈≠≤≥≪≫⊂⊗⊙⋅ℓ□✓✗ŁłŚśŻżČčŘřŠšŽžĞğİıŐőŰű")
)
sizes = {}
for size in (12, 24):
    font = ImageFont.truetype(sys.argv[1], size)
    ascent, descent = font.getmetrics()
    height = ascent + descent
    advances = [round(font.getlength(c), 2) for c in chars]
    cells = [int(a + 0.999) + 2 for a in advances]  # one pixel of room on either side
    atlas = Image.new("L", (sum(cells), height))
    draw = ImageDraw.Draw(atlas)
    x = 0
    for c, cell in zip(chars, cells):
        draw.text((x + 1, 0), c, font=font, fill=255)
        x += cell
    atlas = atlas.point(lambda v: round(v / 17) * 17)
    png = io.BytesIO()
    atlas.save(png, "PNG", optimize=True)
    sizes[str(size)] = {
        "ascent": ascent,
        "height": height,
        "advances": advances,
        "png": base64.b64encode(png.getvalue()).decode(),
    }
json.dump(
    {
        "licence": "Rendered from DejaVu Sans Condensed 2.37: Bitstream Vera fonts copyright (c) 2003 "
        "Bitstream, Inc.; DejaVu changes are in the public domain. https://dejavu-fonts.github.io/License.html",
        "characters": chars,
        "sizes": sizes,
    },
    sys.stdout,
    ensure_ascii=False,
    indent=1,
)
