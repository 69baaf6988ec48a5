/* Our own small script: everything works without it except the drawer, which then is a page of its own. */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  /* theme: the server reads the cookie and writes data-theme, so there is no flash on the next page */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
    for (const button of $$("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === theme));
  });

  /* a menu closes on Escape and on a click elsewhere */
  const closeMenus = (except) => $$("details.menu[open]").forEach((menu) => menu !== except && menu.removeAttribute("open"));
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest && event.target.closest("details.menu[open]");
    closeMenus(null);
    if (open) $("summary", open).focus();
  });

  /* drawer: a figure's link is fetched into it; the dialog element keeps focus inside and gives it back */
  const drawer = $("#drawer");
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!drawer || event.detail.target.id !== "drawer-body") return;
    const heading = $("h1, h2", event.detail.target);
    $("#drawer-title").textContent = heading ? heading.textContent : "";
    if (heading) heading.classList.add("sr");
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    if (event.target.matches && event.target.matches("dialog")) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside && event.target.matches(".drawer, [data-light]")) event.target.close();
    }
  });

  /* a refusal inside the page is shown like any other answer, not swallowed */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () => {
    const place = $("#messages");
    if (!place || $(".offline", place)) return;
    const note = document.createElement("div");
    note.className = "note error offline";
    note.textContent = place.dataset.offline;
    place.append(note);
  });

  /* confirmation: <button data-confirm="…"> asks in a dialog before its form is sent */
  const ask = $("#confirm");
  let agreed = null;
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || event.target.dataset.confirm;
    if (!question || !ask || agreed === event.target) { agreed = null; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    $("#confirm-text").textContent = question;
    ask.returnValue = "";
    ask.showModal();
    ask.addEventListener("close", () => {
      if (ask.returnValue !== "yes") return;
      agreed = event.target;
      event.target.requestSubmit(button || undefined);
    }, { once: true });
  }, true);

  /* tables: j/k and arrows move between rows that can be opened, Enter opens the row's first link */
  const rows = (table) => $$("tbody tr", table).filter((row) => $("a[href]", row));
  const prepare = (within) => $$("table.keys", within).forEach((table) => {
    rows(table).forEach((row, index) => { if (!row.hasAttribute("tabindex")) row.tabIndex = index ? -1 : 0; });
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target;
    if (!row.matches || !row.matches("table.keys tbody tr")) return;
    const all = rows(row.closest("table"));
    const here = all.indexOf(row);
    const to = { ArrowDown: here + 1, j: here + 1, ArrowUp: here - 1, k: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Enter") $("a[href]", row).click();
    else if (to === undefined || !all[to]) return;
    else { row.tabIndex = -1; all[to].tabIndex = 0; all[to].focus(); }
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = $(".top input[type=search]");
    if (box) { event.preventDefault(); box.focus(); }
  });

  /* drop zone: shows what was chosen; the input itself takes the drop */
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
    const zone = event.target.closest(".drop");
    if (!zone || event.target.type !== "file") return;
    const names = Array.from(event.target.files, (file) => `${file.name} (${(file.size / 1048576).toFixed(1)} MB)`);
    $(".chosen", zone).textContent = names.join("，");
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest && event.target.closest(".drop");
      if (zone) zone.classList.toggle("over", over);
    });
  }

  /* charts: the drawing from the server becomes live (tooltips) when the pointer or the keyboard reaches it */
  let bundle = null;
  const loadBundle = (source) => {
    bundle = bundle || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return bundle;
  };
  const enliven = async (chart) => {
    if (chart.dataset.live) return;
    chart.dataset.live = "loading";
    try {
      await loadBundle(chart.dataset.bundle);
      const plot = $$(".plot", chart).find((one) => one.offsetParent !== null);
      const spec = JSON.parse($("script[type='application/json']", chart).textContent);
      const place = document.createElement("div");
      place.className = "live";
      spec.width = "container";
      spec.autosize = { type: "fit-x", contains: "padding" };
      plot.after(place);
      await window.vegaEmbed(place, spec, { ast: true, actions: false, renderer: "svg", logLevel: 1 });
      const drawn = $("svg", place);
      if (drawn) drawn.setAttribute("aria-hidden", "true");
      plot.hidden = true;
      chart.dataset.live = "yes";
    } catch (error) {
      const place = $(".live", chart);
      if (place) place.remove();
      chart.dataset.live = "no"; /* the drawing from the server stays */
    }
  };
  const charts = (within) => $$(".chart[data-bundle]", within).forEach((chart) => {
    chart.addEventListener("pointerenter", () => enliven(chart), { once: true });
  });

  const begin = (within) => { prepare(within); charts(within); };
  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
})();
