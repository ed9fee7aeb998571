/* Times as the reader's own clock and language have them; and a line where a new day begins. */

const TIME = { hour: "2-digit", minute: "2-digit" };
const DATE = { day: "numeric", month: "short" };
const WEEK = 6 * 24 * 3600 * 1000;

/* The page's language, in the way of the reader's own region. */
const page = document.documentElement.lang;
const language = navigator.languages?.find((own) => own.split("-")[0] === page.split("-")[0]) ?? (page || []);

const isSameDay = (one, other) => one.toDateString() === other.toDateString();

function day(moment) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (isSameDay(moment, now)) return relative.format(0, "day");
  if (isSameDay(moment, yesterday)) return relative.format(-1, "day");
  return moment.toLocaleDateString(language, { weekday: "long", ...DATE, year: "numeric" });
}

function when(moment) {
  const now = new Date();
  if (isSameDay(moment, now)) return moment.toLocaleTimeString(language, TIME);
  if (now - moment < WEEK) return moment.toLocaleDateString(language, { weekday: "short" });
  return moment.toLocaleDateString(language, DATE);
}

const AS = { time: (moment) => moment.toLocaleTimeString(language, TIME), when, day };

export function tellTimes() {
  for (const element of document.querySelectorAll("time[data-as]:not([data-told])")) {
    const tell = AS[element.dataset.as];
    const moment = new Date(element.dateTime);
    if (!tell || isNaN(moment)) continue;
    element.textContent = tell(moment);
    element.title ||= moment.toLocaleString(language);
    element.dataset.told = "";
  }
  tellDays();
}

/* The server's days are those of UTC. */
function tellDays() {
  const bubbles = document.getElementById("bubbles");
  if (!bubbles) return;
  const wanted = new Map();
  let last = "";
  for (const bubble of bubbles.querySelectorAll(":scope > li[data-at]")) {
    const moment = new Date(bubble.dataset.at);
    if (moment.toDateString() !== last) wanted.set(bubble, moment);
    last = moment.toDateString();
  }
  for (const line of bubbles.querySelectorAll(":scope > li[data-day]")) {
    const bubble = line.nextElementSibling;
    const moment = wanted.get(bubble);
    if (moment && line.dataset.day === moment.toDateString()) wanted.delete(bubble);
    else line.remove();
  }
  for (const [bubble, moment] of wanted) {
    const line = Object.assign(document.createElement("li"), { className: "inbox-day", textContent: day(moment) });
    line.dataset.day = moment.toDateString();
    bubble.before(line);
  }
}
