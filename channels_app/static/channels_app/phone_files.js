/* Files: chosen, pasted or dropped, looked at once more with room for a caption, and sent. */

const form = () => document.getElementById("upload");

function choose(wish, accept) {
  const { file, wish: field } = form().elements;
  field.value = wish;
  file.accept = accept;
  file.value = "";
  file.click();
}

function line(file) {
  const item = document.createElement("li");
  item.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024))} KB)`;
  return item;
}

function show(file) {
  const picture = form().querySelector("img");
  picture.hidden = true;
  if (!file.type.startsWith("image/")) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    picture.src = reader.result;
    picture.hidden = false;
  });
  reader.readAsDataURL(file);
}

function preview() {
  const files = [...form().elements.file.files];
  if (!files.length) return;
  for (const open of document.querySelectorAll("[popover]:popover-open")) open.hidePopover();
  form().querySelector("[data-files]").replaceChildren(...files.map(line));
  form().elements.caption.hidden = ["voice", "sticker"].includes(form().elements.wish.value);
  show(files[0]);
  form().showPopover();
}

function take(files) {
  if (!files?.length || !form()) return false;
  const kept = new DataTransfer();
  for (const file of files) kept.items.add(file);
  const areAll = (pattern) => [...files].every((file) => pattern.test(file.type));
  form().elements.wish.value = areAll(/^(image\/(jpeg|png)|video\/(mp4|3gpp))$/) ? "photo" : "document";
  form().elements.file.files = kept.files;
  preview();
  return true;
}

/* Past the form, for what needs no second look: a recording, or a sticker. */
function send(file, wish) {
  const values = { file, wish, caption: "" };
  htmx.ajax("POST", form().action, { source: form(), values }).catch(() => {});
}

async function sendSticker(address) {
  const found = await fetch(address);
  if (found.ok) send(new File([await found.blob()], "sticker.webp", { type: "image/webp" }), "sticker");
}

document.addEventListener("click", ({ target }) => {
  const wish = target.closest("[data-wish]");
  const sticker = target.closest("[data-sticker]");
  if (wish) choose(wish.dataset.wish, wish.dataset.accept);
  if (sticker) sendSticker(sticker.dataset.sticker);
});
document.addEventListener("change", ({ target }) => target === form()?.elements.file && preview());
document.addEventListener("paste", (event) => take(event.clipboardData?.files) && event.preventDefault());
document.addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
});
document.addEventListener("drop", (event) => take(event.dataTransfer?.files) && event.preventDefault());
document.addEventListener("phone:spoken", ({ detail }) => send(detail, "voice"));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form() && form().reset());
