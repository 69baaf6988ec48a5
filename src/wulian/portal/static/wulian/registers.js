/* Forms of entries: choosing by typing, rows of tables, printing. Everything works without it except choosing. */
(() => {
  const offersOf = (input) => input.parentElement.querySelector(".offers");
  let timer = null;

  const show = (input, html) => {
    const offers = offersOf(input);
    offers.innerHTML = html;
    offers.hidden = !html.trim();
    input.setAttribute("aria-expanded", String(!offers.hidden));
  };
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!input.dataset.pickUrl) return;
    clearTimeout(timer);
    const text = input.value.trim();
    if (!text) { show(input, ""); return; }
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.pickUrl}?q=${encodeURIComponent(text)}`, { headers: { Accept: "text/html" } });
      if (answer.ok && input.value.trim() === text) show(input, await answer.text());
    }, 200);
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest && event.target.closest(".picker");
    if (!input) return;
    const items = Array.from(input.querySelectorAll(".offers .item"));
    const here = items.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
    if (to !== undefined && items[to]) { items[to].focus(); event.preventDefault(); }
    if (event.key === "Escape") { const offers = input.querySelector(".offers"); if (!offers.hidden) { offers.hidden = true; event.preventDefault(); } }
    if (event.key === "Enter" && event.target.dataset.pickUrl && items[0]) { items[0].click(); event.preventDefault(); }
  });
  const pick = (button) => {
    const picker = button.closest(".picker");
    const chosen = picker.querySelector(".picked");
    if (!("multiple" in picker.dataset)) chosen.replaceChildren();
    const chip = document.createElement("span");
    chip.className = "chip plain";
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = picker.dataset.picker;
    hidden.value = button.dataset.pick;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn quiet icon slim";
    drop.dataset.unpick = "";
    drop.textContent = "×";
    drop.setAttribute("aria-label", `× ${button.dataset.label}`);
    chip.append(hidden, button.dataset.label, drop);
    chosen.append(chip);
    const input = picker.querySelector("input[data-pick-url]");
    input.value = "";
    show(input, "");
  };
  const renumber = (row, place) => row.querySelectorAll("[name]").forEach((input) => {
    input.name = input.name.replace(/\.\d+\./, `.${place}.`);
    if (input.id) input.id = input.id.replace(/\.\d+\./, `.${place}.`);
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-pick], [data-unpick], [data-add-row], [data-remove-row], [data-print]");
    if (!target) { document.querySelectorAll(".offers").forEach((offers) => { if (!offers.parentElement.contains(event.target)) offers.hidden = true; }); return; }
    if ("print" in target.dataset) { window.print(); return; }
    if (target.dataset.pick) { pick(target); return; }
    if ("unpick" in target.dataset) { target.closest(".chip").remove(); return; }
    if (target.dataset.addRow) {
      const body = document.querySelector(`table[data-rows="${target.dataset.addRow}"] tbody`);
      const row = body.lastElementChild.cloneNode(true);
      row.querySelectorAll("input, textarea, select").forEach((input) => { if (input.type === "checkbox") input.checked = false; else if (!input.name.endsWith(".unit")) input.value = ""; });
      row.querySelectorAll(".picked").forEach((chosen) => chosen.replaceChildren());
      row.querySelectorAll("[data-picker]").forEach((one) => { one.dataset.picker = one.dataset.picker.replace(/\.\d+\./, `.${body.children.length}.`); });
      renumber(row, body.children.length);
      body.append(row);
      const first = row.querySelector("input, select, textarea");
      if (first) first.focus();
      return;
    }
    const row = target.closest("tr");
    if (row.parentElement.children.length > 1) row.remove();
    else row.querySelectorAll("input, textarea, select").forEach((input) => { input.value = ""; });
  });
})();
