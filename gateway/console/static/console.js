// What pages do beside htmx. Everything works without it; nothing here writes HTML.
"use strict";

// One box that marks all boxes of its table, and the number of those that are marked.
function count(form) {
  const boxes = [...form.querySelectorAll("input[name=id]")];
  const marked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-all]");
  if (all) {
    all.checked = marked > 0 && marked === boxes.length;
    all.indeterminate = marked > 0 && marked < boxes.length;
  }
  for (const place of form.querySelectorAll("[data-marked]")) place.textContent = String(marked);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-all]")) {
    for (const box of form.querySelectorAll("input[name=id]")) box.checked = event.target.checked;
  }
  count(form);
});

// A form is sent once: a second press of its button before the answer does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Keys for those who go through a list: j and k to the next and previous row, / to the search. Off inside fields.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "/") {
    const field = document.querySelector("form[role=search] input[type=search]");
    if (field) {
      event.preventDefault();
      field.focus();
    }
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const next = rows[rows.indexOf(document.activeElement) + step];
  if (next) next.focus();
});
