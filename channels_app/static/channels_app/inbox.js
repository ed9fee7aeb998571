/* The inbox: pages that are live, and that work without this. What changed is taken from the page the server draws. */

import { forgetFile, prepareFiles } from "./inbox_files.js";
import { merge, parsed } from "./inbox_merge.js";
import { tellTimes } from "./inbox_times.js";

const SOON = 1500;
const CALM = 4000;
const LOST = 15000;
const LIVELY = 20000;
const NEAR = 140;

const inbox = document.getElementById("inbox");
const scroller = document.getElementById("scroller");
const composer = document.getElementById("composer");
let etag = "";
let timer = 0;
let livelyUntil = 0;
let follows = true;

const toTheEnd = () => scroller && (scroller.scrollTop = scroller.scrollHeight);
const isOld = () => new URLSearchParams(location.search).has("at");

const below = document.getElementById("below");
const newest = () => document.getElementById("bubbles")?.lastElementChild?.id;

function take(page) {
  const last = newest();
  merge(page);
  tellTimes();
  if (follows) toTheEnd();
  else if (newest() !== last) below.hidden = false;
}
below?.addEventListener("click", () => {
  toTheEnd();
  scroller.focus();
});

/* News: asked for every few seconds while somebody looks. */

function lost(isLost) {
  let line = document.getElementById("lost");
  if (isLost && !line) {
    line = Object.assign(document.createElement("p"), { id: "lost", className: "inbox-lost" });
    line.setAttribute("role", "status");
    line.textContent = inbox.dataset.lost;
    (document.querySelector(".inbox-head") ?? document.querySelector(".inbox-list-head")).append(line);
  } else if (!isLost) line?.remove();
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden || isOld()) return;
  let pause = Date.now() < livelyUntil ? SOON : CALM;
  try {
    const answer = await fetch(inbox.dataset.live, { headers: { "If-None-Match": etag }, cache: "no-store" });
    if (answer.redirected || answer.status === 403 || answer.status === 404) return location.reload();
    if (answer.ok) {
      etag = answer.headers.get("ETag") ?? "";
      take(parsed(await answer.text()));
      livelyUntil = Date.now() + LIVELY;
    } else if (answer.status !== 304) pause = LOST;
    lost(pause === LOST);
  } catch {
    pause = LOST;
    lost(true);
  }
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
}

/* Forms: sent beside the page, whose new look is the answer. */

async function send(form, values, address) {
  livelyUntil = Date.now() + LIVELY;
  const answer = await fetch(address, { method: "POST", body: values });
  const page = parsed(await answer.text());
  if (!page.getElementById("inbox")) return location.reload();
  etag = "";
  take(page);
  ask();
  return page;
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.id !== "act") return;
  event.preventDefault();
  const values = new FormData(form);
  if (submitter?.name) values.set(submitter.name, submitter.value);
  if (submitter) submitter.disabled = true;
  send(form, values, submitter?.getAttribute("formaction") ?? form.action).catch(() => lost(true));
});

if (composer) {
  const box = document.getElementById("message");
  const error = document.getElementById("message-error");
  const preview = document.getElementById("preview");
  composer.querySelector("[name=preview]").hidden = true;
  prepareFiles();
  let previewing = 0;

  const foresee = async () => {
    if (!box.value.trim()) return preview.replaceChildren();
    const values = new FormData(composer);
    values.delete("file");
    const answer = await fetch(composer.dataset.preview, { method: "POST", body: values });
    if (answer.ok && box.value === values.get("text")) {
      const html = parsed(await answer.text()).body;
      preview.replaceChildren(...(html.children.length ? html.childNodes : []));
      if (follows) toTheEnd();
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(previewing);
    previewing = setTimeout(() => foresee().catch(() => {}), 300);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  composer.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(composer);
    const text = values.get("text");
    if (!text.trim() && !values.get("file")?.size) return box.focus();
    clearTimeout(previewing);
    box.value = "";
    forgetFile();
    preview.replaceChildren();
    error.textContent = "";
    follows = true;
    document.getElementById("token").value = crypto.randomUUID?.() ?? values.get("token");
    try {
      const page = await send(composer, values, composer.action);
      if (!page) return;
      error.textContent = page.getElementById("message-error")?.textContent.trim() ?? "";
      if (!crypto.randomUUID) document.getElementById("token").value = page.getElementById("token").value;
      if (error.textContent) box.value ||= text;
    } catch {
      box.value ||= text;
      document.getElementById("token").value = values.get("token"); // the same once more, should it have arrived
      lost(true);
    }
  });
}

/* A voice note goes as it is finished. */
document.addEventListener("inbox:spoken", ({ detail }) => {
  const values = new FormData(composer);
  values.set("text", "");
  values.set("file", detail);
  values.set("recorded", "yes");
  follows = true;
  const token = document.getElementById("token");
  const error = document.getElementById("message-error");
  error.textContent = "";
  send(composer, values, composer.action)
    .then((page) => {
      error.textContent = page?.getElementById("message-error")?.textContent.trim() ?? "";
      token.value = page?.getElementById("token")?.value ?? token.value;
    })
    .catch(() => lost(true));
});

/* More: what is further back comes as one scrolls there. */

async function more(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "yes";
  const list = document.getElementById(link.dataset.more);
  const page = parsed(await (await fetch(link.href)).text());
  const items = [...(page.getElementById(link.dataset.more)?.children ?? [])];
  const fresh = items.filter((item) => item.id && !document.getElementById(item.id));
  const next = page.querySelector(`a[data-more="${link.dataset.more}"]`);
  if (link.dataset.more === "bubbles") {
    const height = scroller.scrollHeight - scroller.scrollTop;
    list.prepend(...fresh);
    tellTimes();
    next ? link.replaceWith(next) : link.remove();
    scroller.scrollTop = scroller.scrollHeight - height;
  } else {
    list.append(...fresh);
    tellTimes();
    next ? link.replaceWith(next) : link.remove();
  }
  if (next) watcher.observe(next);
}
const watcher = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) more(target).catch(() => delete target.dataset.busy);
    }
  },
  { rootMargin: "200px" },
);

/* The list stays where it was scrolled to, from one conversation to the next. */
const list = document.getElementById("rows-scroller");
const place = `inbox:${location.pathname.split("/")[2]}`;
list.scrollTop = sessionStorage.getItem(place) ?? 0;
list.addEventListener("scroll", () => sessionStorage.setItem(place, list.scrollTop), { passive: true });
document.getElementById("id_channel").addEventListener("change", ({ target }) => target.form.requestSubmit());

scroller?.addEventListener(
  "scroll",
  () => {
    follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (follows) below.hidden = true;
  },
  { passive: true },
);
addEventListener("resize", () => follows && toTheEnd());
for (const arrival of ["load", "loadedmetadata"])
  document.addEventListener(arrival, ({ target }) => target.closest?.("#bubbles") && follows && toTheEnd(), true);

tellTimes();
if (location.hash.startsWith("#bubble-")) document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
else toTheEnd();
for (const link of document.querySelectorAll("a[data-more]")) watcher.observe(link);
document.addEventListener("visibilitychange", ask);
livelyUntil = Date.now() + LIVELY;
timer = setTimeout(ask, SOON);
