/* The review page with script: keys for the cards, a mark brings up its card, selected words become a new entry.
   Without script every one of these is a plain link or form. */
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const cards = () => $$(".cards .card");
  let place = 0;

  /* moves only the text pane, never the page */
  const showMark = (mark) => {
    const pane = $("#source");
    if (pane && mark) pane.scrollTop = mark.offsetTop - pane.clientHeight / 3;
  };

  const focusCard = (card) => {
    if (!card) return;
    $$(".card.here").forEach((one) => one.classList.remove("here"));
    card.classList.add("here");
    place = cards().indexOf(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
    const row = $("input[name=rows]", card);
    const mark = row && $(`#source [data-row="${row.value.split(":")[0]}"]`);
    $$("#source .on").forEach((one) => one.classList.remove("on"));
    if (mark) { mark.classList.add("on"); showMark(mark); }
  };

  document.addEventListener("keydown", (event) => {
    if (!$("[data-keys]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const all = cards();
    if (event.key === "j" || event.key === "k") {
      const current = document.activeElement.closest && document.activeElement.closest(".card");
      const here = current ? all.indexOf(current) : -1;
      focusCard(all[Math.max(0, Math.min(all.length - 1, here < 0 ? place : here + (event.key === "j" ? 1 : -1)))]);
      event.preventDefault();
      return;
    }
    const card = document.activeElement.closest && document.activeElement.closest(".card");
    const button = card && $(`[data-key="${CSS.escape(event.key)}"]`, card);
    if (button) { button.click(); event.preventDefault(); }
  });

  /* after an act the page part is renewed: the same place in the list is taken up again */
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.target.matches || !event.target.matches("#review")) return;
    const all = cards();
    if (all.length) focusCard(all[Math.min(place, all.length - 1)]);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const card = event.target.closest && event.target.closest(".card");
    if (card) place = cards().indexOf(card);
  });
  /* a refusal is a sentence for the person, not a new page part */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (event.detail.xhr.status < 400 || !form || !form.matches("[data-review]")) return;
    event.detail.target = $("#messages");
    event.detail.selectOverride = "unset";
    event.detail.swapOverride = "innerHTML";
    $("#messages").scrollIntoView({ block: "nearest" });
  });

  /* a mark on this page brings up its card without a reload */
  document.addEventListener("click", (event) => {
    const mark = event.target.closest && event.target.closest("#source [data-row]");
    if (!mark || event.ctrlKey || event.metaKey) return;
    const box = $(`.card input[name=rows][value^="${mark.dataset.row}:"]`);
    if (!box) return;
    event.preventDefault();
    focusCard(box.closest(".card"));
  });

  /* words selected in the text can become an entry of their own */
  const source = () => $("#source[data-add]");
  const offsetOf = (node, inner) => {
    const range = document.createRange();
    range.setStart(source(), 0);
    range.setEnd(node, inner);
    return range.toString().length + Number(source().dataset.offset);
  };
  document.addEventListener("selectionchange", () => {
    const old = $(".add-selection");
    if (old) old.remove();
    const selection = document.getSelection();
    if (!source() || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!source().contains(range.startContainer) || !source().contains(range.endContainer)) return;
    const start = offsetOf(range.startContainer, range.startOffset);
    const end = offsetOf(range.endContainer, range.endOffset);
    if (end - start < 2 || end - start > 400) return;
    const link = document.createElement("a");
    link.className = "btn slim add-selection";
    link.textContent = source().dataset.addLabel;
    const query = new URLSearchParams({ start, end, tab: source().dataset.tab, back: location.pathname + location.search });
    link.href = `${source().dataset.add}?${query}`;
    const box = range.getBoundingClientRect();
    const frame = source().getBoundingClientRect();
    link.style.left = `${Math.max(0, box.left - frame.left)}px`;
    link.style.top = `${box.bottom - frame.top + source().scrollTop + 4}px`;
    source().append(link);
  });
  document.addEventListener("DOMContentLoaded", () => {
    showMark($("#source .on") || $("#source mark.finding") || $("#source .m"));
  });
})();
