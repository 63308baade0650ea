// SPDX-License-Identifier: Apache-2.0
//
// copylink.js: the button that copies the address of what is shown.
"use strict";

const copyLink = (() => {
  // Browsers may refuse the clipboard to a page from a file.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyByHand(text);
    }
  }

  function copyByHand(text) {
    const field = dom.make("textarea", { value: text, readOnly: true });
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone;
  }

  function wire(permalink) {
    const button = dom.byId("copy-link");
    button.addEventListener("click", async () => {
      permalink.write();
      const isDone = await copy(location.href);
      button.textContent = isDone ? "Copied" : "Copy the page’s address";
      setTimeout(() => (button.textContent = "Copy link"), 2000);
    });
  }

  return { copy, wire };
})();
