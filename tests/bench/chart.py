# SPDX-License-Identifier: Apache-2.0
"""The chart for the README: what each tracer adds to a call, by interpreter.

SVG by hand, from the derived figures; readable on a light and a dark page.
"""

from xml.sax.saxutils import escape

import figures

BARS = [  # variant, label, colour
    ("codesnap-python", "codesnap --c-calls=no", "#0f9d76"),
    ("codesnap", "codesnap", "#0b6e54"),
    ("trace0", "trace0 (Python functions only)", "#8a6fc9"),
    ("viztracer", "VizTracer", "#d9822b"),
    ("cprofile", "cProfile (totals only)", "#9aa0a6"),
]
WIDTH, LEFT, TOP = 760, 96, 92
BAR, GAP = 11, 14
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.small { font-size: 10.5px }
.axis { stroke: #8c959f; stroke-width: 1; opacity: .4 }
.hooks { stroke: #24292f; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #d0d7de } .hooks { stroke: #d0d7de }
}
""".strip()


def heights(figure, programs):
    """The median ns added a call, for each variant that is there."""
    found = {}
    for variant in [variant for variant, _, _ in BARS] + ["null"]:
        value = figures.median(
            figure["programs"][program]["variants"].get(variant, {}).get("added_ns")
            for program in programs
            if program in figure["programs"]
        )
        if value is not None:
            found[variant] = max(value, 0)
    return found


def scale_of(groups):
    most = max([v for _, bars in groups for v in bars.values()] + [1])
    step = next(s for s in (20, 50, 100, 200, 500, 1000, 5000, 10**6) if most / s <= 8)
    return (WIDTH - LEFT - 60) / most, range(0, int(most) + 1, step)


def bar(x, y, width, colour, label):
    return (
        '<rect x="%d" y="%.1f" width="%.1f" height="%d" rx="2" fill="%s"/>'
        '<text class="small" x="%.1f" y="%.1f">%s</text>'
        % (x, y, max(width, 1), BAR - 2, colour, x + width + 4, y + BAR - 3, label)
    )


def group(name, bars, y, scale):
    """One interpreter: its bars, and where its hooks alone end."""
    shown = [(v, colour) for v, _, colour in BARS if v in bars]
    middle = y + len(shown) * BAR / 2 + 3
    parts = ['<text x="%d" y="%.1f" text-anchor="end">%s</text>' % (LEFT - 8, middle, escape(name))]
    for i, (variant, colour) in enumerate(shown):
        value = bars[variant]
        parts.append(bar(LEFT, y + i * BAR, value * scale, colour, "%.0f" % value))
        if variant == "codesnap" and "null" in bars:
            x = LEFT + bars["null"] * scale
            parts.append(
                '<line class="hooks" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>'
                % (x, x, y + i * BAR - 1, y + i * BAR + BAR - 1)
            )
    return parts, y + len(shown) * BAR + GAP


def legend(present):
    parts, x, y = [], 16, 44
    for variant, label, colour in BARS:
        if variant not in present:
            continue
        parts.append('<rect x="%d" y="%d" width="10" height="10" rx="2" fill="%s"/>' % (x, y, colour))
        parts.append('<text class="small" x="%d" y="%d">%s</text>' % (x + 14, y + 9, escape(label)))
        x += 30 + 6 * len(label)
    parts.append('<line class="hooks" x1="16" x2="16" y1="60" y2="72"/>')
    parts.append(
        '<text class="small" x="24" y="70">what the interpreter charges for'
        " hooks that do nothing</text>"
    )
    return parts


def draw(derived):
    """The SVG, or None where nothing was timed."""
    groups = []
    for name, figure in derived.items():
        bars = heights(figure, figures.DENSE)
        if bars:
            groups.append((name, bars))
    if not groups:
        return None
    scale, ticks = scale_of(groups)
    body, y = [], TOP
    for name, bars in groups:
        parts, y = group(name, bars, y, scale)
        body += parts
    grid = []
    for tick in ticks:
        x = LEFT + tick * scale
        grid.append('<line class="axis" x1="%.1f" x2="%.1f" y1="%d" y2="%.0f"/>' % (x, x, TOP - 6, y - GAP + 4))
        grid.append('<text class="small" x="%.1f" y="%.0f" text-anchor="middle">%d</text>' % (x, y + 8, tick))
    height = y + 20
    present = {variant for _, bars in groups for variant in bars}
    title = "Nanoseconds that a tracer adds to each call (median of call-heavy programs)"
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">' % (WIDTH, height),
            "<title>%s</title>" % title,
            "<style>%s</style>" % STYLE,
            '<text class="title" x="16" y="26">%s</text>' % title,
        ]
        + legend(present)
        + grid
        + body
        + ["</svg>", ""]
    )
