/* Replies and reactions: a bubble that is tapped is answered, and the face beside it opens the emoji. */

const INERT = "a, button, audio, video, form, [popover]";

const bar = () => document.getElementById("reply");
const quoted = () => document.getElementById("quoted");
const messageOf = (element) => element.closest("li[data-message]");

function mark(chosen) {
  for (const other of document.querySelectorAll(".message-chosen")) other.classList.remove("message-chosen");
  chosen?.classList.add("message-chosen");
}

function answer(message) {
  quoted().value = message.dataset.message;
  bar().querySelector("[data-author]").textContent = message.querySelector("[data-name]").textContent.replace(/:$/, "");
  bar().querySelector("[data-text]").textContent = message.querySelector("[data-reply]").dataset.reply;
  bar().hidden = false;
  mark(message);
  document.getElementById("message").focus();
}

function forget() {
  if (!quoted()) return;
  quoted().value = "";
  bar().hidden = true;
  mark(null);
}

function react(message) {
  const menu = document.getElementById("reactions");
  menu.elements.message.value = message.dataset.message;
  mark(message);
  menu.showPopover();
}

document.addEventListener("click", ({ target }) => {
  const message = messageOf(target);
  if (target.closest("[data-forget]")) forget();
  else if (target.closest("[data-answers]")) quoted().value = target.closest("[data-answers]").dataset.answers;
  else if (target.closest("[data-react]")) react(message);
  else if (target.closest("[data-reply]")) answer(message);
  else if (message && target.closest(".bubble") && !target.closest(INERT) && getSelection().isCollapsed) answer(message);
});

document.addEventListener("keydown", ({ key, target }) => key === "Escape" && target.id === "message" && forget());

/* A reply goes with what is sent next, and with nothing after that. */
document.addEventListener("phone:answered", forget);
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.elt.matches("#upload, #place, #card")) forget();
});
document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState === "closed" && bar()?.hidden && target.matches("#place, #reactions")) mark(null);
  },
  true,
);
