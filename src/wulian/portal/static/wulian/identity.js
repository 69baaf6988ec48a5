/* The queue of doubts with keys: each button or link names its own. Without script they are plain buttons and links. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const typing = event.target.closest("input, textarea, select, dialog");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    const reason = document.querySelector("[data-reason]");
    if (event.key === "r" && reason) { reason.focus(); event.preventDefault(); return; }
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) { target.click(); event.preventDefault(); }
  });
})();
