/* What lies before somebody's eyes is read, and a voice note that is played has been listened to. */

const form = () => document.getElementById("attention");
const unread = () => document.querySelector("#bubbles > [data-author=number] [data-ticks=delivered]");
let tells = false;

function tell(address, values) {
  return htmx.ajax("POST", address, { source: form(), values });
}

async function read() {
  if (tells || document.visibilityState !== "visible" || !form() || !unread()) return;
  tells = true;
  try {
    await tell(form().action, {});
  } catch {
    // The next look at the news tries again.
  }
  tells = false;
}

document.addEventListener("DOMContentLoaded", read);
document.addEventListener("visibilitychange", read);
document.addEventListener("htmx:afterSettle", read);
document.addEventListener(
  "play",
  ({ target }) => {
    const message = target.closest("li[data-author=number]");
    if (!message || !target.closest("[data-voice=true]") || message.querySelector("[data-ticks=played]")) return;
    tell(form().dataset.listens, { message: message.dataset.message }).catch(() => {});
  },
  true,
);
