// SPDX-License-Identifier: Apache-2.0
//
// palette.js: a colour for each module, and a shade of it for each function.
// The hues are apart in lightness too, so that they stay apart for people who
// see fewer colours.  C functions and the tracer's own work are nearly grey.
"use strict";

const palette = (() => {
  // OKLCH hue, and how much lighter or darker than the theme's middle.
  const HUES = [
    [250, 0],
    [60, 0.03],
    [165, -0.02],
    [340, 0.01],
    [95, 0.05],
    [295, -0.03],
    [205, 0.04],
    [30, -0.03],
    [130, 0.02],
    [315, 0.05],
    [230, -0.05],
    [80, -0.05],
  ];
  const THEMES = {
    light: { lightness: 0.83, chroma: 0.095, plainChroma: 0.022, plain: 0.87, tracer: 0.72 },
    dark: { lightness: 0.53, chroma: 0.112, plainChroma: 0.02, plain: 0.42, tracer: 0.34 },
  };

  function gamma(linear) {
    const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  }

  // OKLCH -> 0xBBGGRR.
  function colour(lightness, chroma, hue) {
    const a = chroma * Math.cos((hue * Math.PI) / 180);
    const b = chroma * Math.sin((hue * Math.PI) / 180);
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const red = gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    const green = gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    const blue = gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
    return (blue << 16) | (green << 8) | red;
  }

  function hash(text) {
    let value = 2166136261;
    for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
    value ^= value >>> 15;
    return value >>> 0;
  }

  const TIERS = [0, 0.06, -0.06]; // lighter or darker, for modules of the same hue

  // By its hash, or the next hue that is used as little as any: the first
  // modules of a recording differ.  [hue, lighter or darker] by module.
  function assign(modules) {
    const hues = new Map();
    const used = HUES.map(() => 0);
    for (const module of modules) {
      if (hues.has(module)) continue;
      const least = Math.min(...used);
      let index = hash(module) % HUES.length;
      while (used[index] > least) index = (index + 1) % HUES.length;
      const [hue, offset] = HUES[index];
      hues.set(module, [hue, offset + TIERS[used[index]++ % TIERS.length]]);
    }
    return hues;
  }

  // The import system is in every recording and rarely what one looks for.
  const isFrozen = (module) => module.startsWith("<frozen");

  function shade(names, i, theme, hues) {
    const kind = names.kind[i];
    const step = ((hash(names.full[i]) % 5) - 2) * 0.012;
    if (kind === Names.TRACER) return colour(theme.tracer, 0, 0);
    const module = names.module[i];
    if (kind === Names.PYTHON && isFrozen(module)) return colour(theme.lightness + step, theme.plainChroma * 1.6, 250);
    if (kind === Names.C || kind === Names.UNKNOWN) return colour(theme.plain + step, theme.plainChroma, HUES[hash(module) % HUES.length][0]);
    const [hue, offset] = hues.get(module);
    return colour(theme.lightness + offset + step, theme.chroma, hue);
  }

  // 0xBBGGRR by function; theme is "light" or "dark".
  function colours(names, theme) {
    const hues = assign(names.module.filter((module, i) => (names.kind[i] === Names.PYTHON && !isFrozen(module)) || names.kind[i] >= Names.SPAN));
    return Uint32Array.from(names.full, (_, i) => shade(names, i, THEMES[theme], hues));
  }

  // The same, with all that are not hits faded towards background.
  function faded(all, hits, background) {
    return all.map((one, i) => (hits[i] ? one : mix(one, background, 0.22)));
  }

  function mix(one, other, share) {
    let result = 0;
    for (const shift of [0, 8, 16]) {
      const value = ((one >> shift) & 255) * share + ((other >> shift) & 255) * (1 - share);
      result |= Math.round(value) << shift;
    }
    return result;
  }

  function css(word) {
    return "#" + [word & 255, (word >> 8) & 255, (word >> 16) & 255].map((part) => part.toString(16).padStart(2, "0")).join("");
  }

  // -- text that can be read -------------------------------------------------

  const READABLE = 4.5; // the contrast that WCAG 2 asks for
  const FAINT = [0.62, 0.7, 0.8, 0.9, 1];

  function luminance(word) {
    const linear = [0, 8, 16].map((shift) => ((word >> shift) & 255) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  // The colour of text on a box: the usual one, or where that can't be read
  // black or white, one of which always can.
  function text(box, usual) {
    if (contrast(usual, box) >= READABLE) return usual;
    return contrast(0, box) > contrast(0xffffff, box) ? 0 : 0xffffff;
  }

  // The same, as faint as it may be.
  function faintText(box, usual) {
    const full = text(box, usual);
    return FAINT.map((share) => mix(full, box, share)).find((one) => contrast(one, box) >= READABLE) ?? full;
  }

  return { colours, faded, mix, css, contrast, text, faintText };
})();
