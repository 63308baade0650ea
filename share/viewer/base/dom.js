// SPDX-License-Identifier: Apache-2.0
//
// dom.js: elements made in one call.  Text only ever goes in as text: nothing
// of a recording is parsed as HTML anywhere in the viewer.
"use strict";

const dom = (() => {
  // make("a.button", {title: "x", onclick: f}, "text", otherElement)
  function make(selector, properties = {}, ...children) {
    const [tag, ...classes] = selector.split(".");
    const element = document.createElement(tag);
    element.className = classes.join(" ");
    for (const [name, value] of Object.entries(properties)) {
      if (name.includes("-") || name === "role") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function byId(id) {
    return document.getElementById(id);
  }

  // A button that looks like text and is kept out of the tab order if asked.
  function link(text, title, onclick) {
    return make("button.link", { type: "button", title, onclick }, text);
  }

  // A small square of a colour, beside a name.
  function chip(colour) {
    const element = make("i.chip");
    element.style.background = colour;
    return element;
  }

  // Set a canvas to its box in device pixels; true if that changed anything.
  function fitCanvas(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (canvas.width === width && canvas.height === height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  return { make, byId, link, chip, fitCanvas };
})();
