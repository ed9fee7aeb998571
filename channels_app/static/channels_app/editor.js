// The editors of a bot's settings without a round to the server: the same buttons, which do the same without scripts.

const said = (editor, text) => {
  const status = editor.querySelector("[data-said]");
  if (status) status.textContent = text;
};

const copied = (template, key) =>
  document.createRange().createContextualFragment(template.innerHTML.replaceAll("__key__", key)).firstElementChild;

function nextKey(rows) {
  const keys = [...rows.querySelectorAll(":scope > [data-row] > input[type=hidden]")].map((input) => Number(input.value));
  return String(Math.max(-1, ...keys) + 1);
}

const deeds = {
  add(editor) {
    const rows = editor.querySelector("[data-rows]");
    const row = copied(editor.querySelector(":scope > template"), nextKey(rows));
    rows.append(row);
    row.querySelector("textarea").focus();
  },
  remove(editor, button) {
    const row = button.closest("[data-row]");
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (beside?.querySelector(".editor-row-title") ?? editor.querySelector("[data-do=add]")).focus();
    said(editor, button.title);
  },
  up(editor, button) {
    const row = button.closest("[data-row]");
    row.previousElementSibling?.before(row);
    button.focus();
    said(editor, button.title);
  },
  down(editor, button) {
    const row = button.closest("[data-row]");
    row.nextElementSibling?.after(row);
    button.focus();
    said(editor, button.title);
  },
  choice(editor, button) {
    const choices = button.closest("[data-choices]");
    const choice = copied(choices.querySelector(":scope > template"), "");
    choices.querySelector("[data-choice-rows]").append(choice);
    choice.querySelector("input[type=text]").focus();
  },
  unchoice(editor, button) {
    const choices = button.closest("[data-choices]");
    button.closest("[data-choice]").remove();
    choices.querySelector(":scope > [data-do=choice]").focus();
  },
  span(editor, button) {
    const spans = button.closest("[data-day]").querySelector("[data-spans]");
    const span = spans.lastElementChild.cloneNode(true);
    for (const input of span.querySelectorAll("input")) input.value = "";
    spans.append(span);
    span.querySelector("input").focus();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-editor] [data-do]");
  if (!button) return;
  event.preventDefault();
  deeds[button.dataset.do](button.closest("[data-editor]"), button);
});
