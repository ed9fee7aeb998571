/* Merging: of a page that the server drew anew, what is another one takes the place of what is shown. */

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

export function merge(page) {
  for (const part of page.querySelectorAll("[data-part]")) replace(document.getElementById(part.id), part);
  for (const list of page.querySelectorAll("[data-keyed]")) {
    const here = document.getElementById(list.id);
    if (here) list.dataset.keyed === "rows" ? mergeRows(here, list) : mergeBubbles(here, list);
  }
}

/* Whoever has the focus keeps it, in what comes in its place. */
function replace(here, there) {
  if (!here || here.dataset.digest === there.dataset.digest) return here;
  const focused = here.contains(document.activeElement) ? document.activeElement : null;
  const place = focused ? [...here.querySelectorAll("a, button")].indexOf(focused) : -1;
  const fresh = document.importNode(there, true);
  here.replaceWith(fresh);
  if (place >= 0) [...fresh.querySelectorAll("a, button")].at(Math.min(place, 0))?.focus();
  return fresh;
}

function keep(item) {
  const here = document.getElementById(item.id);
  return here ? replace(here, item) : document.importNode(item, true);
}

const keyed = (list) => [...list.children].filter((item) => item.id);

/* The first page, in its order; behind it what was loaded further back, unless it moved into the first page. */
function mergeRows(here, there) {
  const items = keyed(there);
  const current = here.querySelector("[aria-current]")?.closest("li")?.id;
  const known = keyed(here).length;
  let before = null;
  for (const item of items) {
    const row = keep(item);
    const after = before ? before.nextElementSibling : here.firstElementChild;
    if (row !== after) here.insertBefore(row, after);
    before = row;
  }
  const last = before?.dataset.at ?? "";
  const ids = new Set(items.map((item) => item.id));
  for (const row of keyed(here)) {
    if (!ids.has(row.id) && (known <= items.length + 1 || row.dataset.at >= last)) row.remove();
  }
  if (current) document.getElementById(current)?.querySelector("a")?.setAttribute("aria-current", "true");
}

/* The bubble behind this one; one that is in its place already is not moved, for that would silence a player. */
function next(bubble) {
  let after = bubble.nextElementSibling;
  while (after && !after.id) after = after.nextElementSibling;
  return after;
}

/* The last messages, in their order; before them what was loaded of earlier ones. */
function mergeBubbles(here, there) {
  let behind = null;
  for (const item of keyed(there).reverse()) {
    const bubble = keep(item);
    if (bubble.parentElement !== here || next(bubble) !== behind) here.insertBefore(bubble, behind);
    behind = bubble;
  }
  if (there.querySelector("li:not([data-day])")?.id !== "bubble-none") document.getElementById("bubble-none")?.remove();
}
