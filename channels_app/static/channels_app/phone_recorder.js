/* Voice notes: recorded as Opus, in whatever wrapping the browser has. */

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const BITS = 24000;
const LONGEST = 15 * 60;

const bar = () => document.getElementById("recorder");
const type = globalThis.MediaRecorder && TYPES.find((each) => MediaRecorder.isTypeSupported(each));
let recorder = null;
let clock = null;

function tell(seconds) {
  bar().querySelector("[data-seconds]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function showBar(records) {
  bar().hidden = !records;
  document.getElementById("composer").hidden = records;
  (records ? bar().querySelector("[data-finish]") : document.getElementById("message")).focus();
}

function end() {
  clearInterval(clock);
  for (const track of recorder.stream.getTracks()) track.stop();
  recorder = null;
  showBar(false);
}

async function start() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch {
    const detail = "No microphone can be had. A sound file can be sent instead: press the plus.";
    document.dispatchEvent(new CustomEvent("phone:complain", { detail }));
    return;
  }
  const parts = [];
  let seconds = 0;
  recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.addEventListener("stop", ({ target }) => {
    const detail = new File(parts, "voice-note", { type: target.mimeType });
    if (target.isWanted) document.dispatchEvent(new CustomEvent("phone:spoken", { detail }));
    end();
  });
  recorder.start();
  tell(0);
  clock = setInterval(() => {
    tell(++seconds);
    if (seconds >= LONGEST) finish(true);
  }, 1000);
  showBar(true);
}

function finish(isWanted) {
  if (!recorder || recorder.state === "inactive") return;
  recorder.isWanted = isWanted;
  recorder.stop();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("#record")) start();
  else if (target.closest("[data-finish]")) finish(true);
  else if (target.closest("[data-discard]")) finish(false);
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && finish(false));
document.addEventListener("DOMContentLoaded", () => {
  document.documentElement.dataset.records = String(Boolean(type && navigator.mediaDevices));
  document.dispatchEvent(new CustomEvent("phone:ready"));
});
