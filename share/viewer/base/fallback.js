// SPDX-License-Identifier: Apache-2.0
//
// fallback.js: what the page says in a browser that cannot read its other parts.
// It comes first, and is written for the oldest browsers.
(function () {
  var done = false;
  window.addEventListener(
    "error",
    function () {
      if (done || window.__codesnap) return;
      done = true;
      document.getElementById("empty").getElementsByTagName("h2")[0].textContent = "This browser is too old for this page";
      document.getElementById("why").textContent = "It does not support the JavaScript in this page. Open the file in a current Firefox or Chromium; the recording is intact.";
      document.getElementById("empty").getElementsByTagName("pre")[0].style.display = "none";
    },
    true
  );
})();
