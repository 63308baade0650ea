// SPDX-License-Identifier: Apache-2.0
//
// fallback.js: what a browser says that cannot read the other parts.  It comes
// first, and is written for the oldest ones.
(function () {
  var done = false;
  window.addEventListener(
    "error",
    function () {
      if (done || window.__codesnap) return;
      done = true;
      document.getElementById("empty").getElementsByTagName("h2")[0].textContent = "This browser is too old for this page";
      document.getElementById("why").textContent = "It does not know the language that the viewer is written in. A current Firefox or Chromium shows the recording; the file is whole.";
      document.getElementById("empty").getElementsByTagName("pre")[0].style.display = "none";
    },
    true
  );
})();
