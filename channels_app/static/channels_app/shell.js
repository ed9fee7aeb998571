// What every page is better with, and works without.

// A menu closes when somebody looks elsewhere, or presses Escape.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.dropdown[open]"))
    if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.dropdown[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// data-copy="id of what is copied": a button that puts it on the clipboard, and says so.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    const was = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = was), 2000);
  });
}

// data-dialog="id": a link that opens a dialog of this page; without scripts it leads to the page of the same form.
for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || !dialog) return;
    event.preventDefault();
    dialog.showModal();
  });
}
for (const button of document.querySelectorAll("dialog [data-close]"))
  button.addEventListener("click", (event) => {
    event.preventDefault();
    button.closest("dialog").close();
  });

// data-once: a form that is sent once, however often the button is pressed, and looks busy meanwhile.
for (const form of document.querySelectorAll("form[data-once]"))
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
