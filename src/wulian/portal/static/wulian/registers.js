/* Registers: choosing by typing, rows of tables, counting ticked entries, printing. Everything works without it except choosing. */
(() => {
  const offersOf = (input) => input.parentElement.querySelector(".offers");
  let timer = null;

  const point = (input, items, place) => {
    items.forEach((item, index) => {
      item.id = `${offersOf(input).id}.${index}`;
      item.setAttribute("aria-selected", String(index === place));
    });
    if (items[place]) { input.setAttribute("aria-activedescendant", items[place].id); items[place].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (input, html) => {
    const offers = offersOf(input);
    offers.innerHTML = html;
    offers.hidden = !html.trim();
    input.setAttribute("aria-expanded", String(!offers.hidden));
    point(input, [], -1);
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
    const input = event.target;
    if (!input.dataset || !input.dataset.pickUrl) return;
    const items = Array.from(offersOf(input).querySelectorAll("[data-pick]"));
    const here = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const to = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
    if (to !== undefined && items.length) { point(input, items, (to + items.length) % items.length); event.preventDefault(); }
    if (event.key === "Escape" && !offersOf(input).hidden) { show(input, ""); event.preventDefault(); }
    if (event.key === "Enter" && items.length) { items[Math.max(here, 0)].click(); event.preventDefault(); }
  });
  document.addEventListener("focusout", (event) => {
    const picker = event.target.closest && event.target.closest(".picker");
    const input = picker && picker.querySelector("[data-pick-url]");
    if (input && event.relatedTarget && !picker.contains(event.relatedTarget)) show(input, "");
  });
  const count = () => {
    const told = document.querySelector("[data-chosen]");
    const boxes = Array.from(document.querySelectorAll("input[name=entry][form=many]"));
    const chosen = boxes.filter((box) => box.checked).length;
    const all = document.querySelector("[data-choose-all]");
    if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
    if (!told) return;
    told.dataset.idle ??= told.textContent;
    told.textContent = chosen ? told.dataset.chosen.replace("#", chosen) : told.dataset.idle;
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-choose-all]")) document.querySelectorAll("input[name=entry][form=many]").forEach((one) => { one.checked = box.checked; });
    if (box.matches("[data-choose-all], input[name=entry][form=many]")) count();
  });
  window.addEventListener("pageshow", () => count());
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
    (input.offsetParent ? input : drop).focus();
  };
  const renumber = (row, place) => row.querySelectorAll("[name]").forEach((input) => {
    input.name = input.name.replace(/\.\d+\./, `.${place}.`);
    if (input.id) input.id = input.id.replace(/\.\d+\./, `.${place}.`);
    const offers = input.dataset.pickUrl && offersOf(input);
    if (offers) { offers.id = `offers_${input.name.replace(/\.text$/, "")}`; input.setAttribute("aria-controls", offers.id); }
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-pick], [data-unpick], [data-add-row], [data-remove-row], [data-print]");
    if (!target) { document.querySelectorAll(".offers").forEach((offers) => { if (!offers.hidden && !offers.parentElement.contains(event.target)) show(offers.parentElement.querySelector("[data-pick-url]"), ""); }); return; }
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
