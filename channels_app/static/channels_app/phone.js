/* The phone at /simulator/: Enter sends, the newest message is in sight, and clocks show the reader's own time. */

const NEAR = 120;
const MARGIN = 8;

const scroller = () => document.getElementById("scroller");
const composer = () => document.getElementById("composer");
let follows = true;
let pressed = null;

function toTheEnd() {
  const pane = scroller();
  if (pane) pane.scrollTop = pane.scrollHeight;
}

function tellLocalTime() {
  for (const element of document.querySelectorAll("time[datetime]:not([data-told])")) {
    const moment = new Date(element.dateTime);
    const day = element.dataset.day ? { weekday: "short" } : {};
    element.textContent = moment.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit" });
    element.dataset.told = "";
  }
}

function complain(words) {
  const complaint = document.getElementById("complaint");
  if (complaint) complaint.textContent = words;
}

/* What was written can be sent, what was not can be spoken. */
function offerToSend() {
  const box = document.getElementById("message");
  const record = document.getElementById("record");
  if (!box || !record) return;
  const speaks = !box.value.trim() && document.documentElement.dataset.records === "true";
  record.hidden = !speaks;
  document.getElementById("send").hidden = speaks;
}

function settle(popover, anchor) {
  const box = anchor.getBoundingClientRect();
  const left = Math.min(box.left, window.innerWidth - popover.offsetWidth - MARGIN);
  const above = box.top - popover.offsetHeight - MARGIN;
  popover.style.left = `${Math.max(left, MARGIN)}px`;
  popover.style.top = `${above > MARGIN ? above : box.bottom + MARGIN}px`;
}

document.addEventListener("DOMContentLoaded", () => {
  tellLocalTime();
  toTheEnd();
  offerToSend();
  scroller()?.addEventListener(
    "scroll",
    ({ target }) => {
      follows = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR;
    },
    { passive: true },
  );
  window.addEventListener("resize", () => follows && toTheEnd());
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "message" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer().requestSubmit();
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.dropdown[open]")) menu.open = false;
  }
});

document.addEventListener("input", ({ target }) => target.id === "message" && offerToSend());
document.addEventListener("phone:ready", offerToSend);
document.addEventListener("phone:complain", ({ detail }) => complain(detail));

/* What was written is taken at once, so that the next words can be typed; it goes when it is its turn. */
document.addEventListener("submit", (event) => {
  if (event.target !== composer()) return;
  event.preventDefault();
  const box = document.getElementById("message");
  const text = box.value;
  if (!text.trim()) return;
  const quoted = document.getElementById("quoted").value;
  box.value = "";
  follows = true;
  offerToSend();
  document.dispatchEvent(new CustomEvent("phone:answered"));
  const lost = () => {
    box.value ||= text;
    offerToSend();
  };
  htmx.ajax("POST", event.target.action, { source: event.target, values: { text, quoted } }).catch(lost);
});

/* Sheets and menus: those that are near open beside what was pressed, and all close once something is sent. */
document.addEventListener("click", ({ target }) => (pressed = target.closest("button")), true);
document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState === "open" && target.matches(".near") && pressed) settle(target, pressed);
  },
  true,
);
document.addEventListener("click", ({ target }) => {
  const opens = target.closest("[data-opens]");
  if (!opens) return;
  opens.closest("[popover]").hidePopover();
  document.getElementById(opens.dataset.opens).showPopover();
});
const isDone = ({ elt, requestConfig }) => requestConfig?.verb === "post" && elt.id !== "attention";
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!isDone(detail)) return;
  complain("");
  follows = true;
  for (const open of detail.elt.closest("#bubbles, main")?.querySelectorAll("[popover]:popover-open") ?? []) {
    open.hidePopover();
  }
});

/* A switch that is replaced while it is pressed would not know of the click. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isLook = detail.target.id === "faults" && detail.requestConfig.verb === "get";
  if (isLook && document.querySelector("#faults button:active")) detail.shouldSwap = false;
});

/* Nor is what says the same replaced, for its button may be pressed just now. */
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const fresh = detail.target.id === "lag" && detail.fragment.querySelector("#lag");
  if (fresh && fresh.innerHTML === detail.target.innerHTML) detail.shouldSwap = false;
});

document.addEventListener("htmx:oobAfterSwap", tellLocalTime);
document.addEventListener("htmx:afterSwap", tellLocalTime);
document.addEventListener("htmx:afterSettle", () => {
  tellLocalTime();
  if (follows) toTheEnd();
});
for (const loss of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(loss, ({ detail }) => {
    if (isDone(detail)) complain("That could not be sent. Please try again.");
  });
}

/* Whoever looks and gets no answer is told so, until there is one again. */
let isAway = false;
for (const loss of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(loss, ({ detail }) => {
    if (isDone(detail)) return;
    isAway = true;
    complain("The server does not answer. What comes is shown once it does.");
  });
}
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!isAway || !detail.successful) return;
  isAway = false;
  complain("");
});

/* Pictures come later than their bubbles, and make them taller. */
for (const arrival of ["load", "loadedmetadata"]) {
  document.addEventListener(arrival, ({ target }) => target.closest?.("#bubbles") && follows && toTheEnd(), true);
}
