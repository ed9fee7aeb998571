/* Files and voice notes: chosen, dropped, pasted or recorded, beside what is written. */

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const BITS = 24000;
const LONGEST = 600;

const part = (id) => document.getElementById(id);
const type = globalThis.MediaRecorder && TYPES.find((each) => MediaRecorder.isTypeSupported(each));
let recorder = null;
let clock = null;

export function prepareFiles() {
  const input = part("file");
  if (input.disabled) return;
  input.classList.add("sr-only");
  input.tabIndex = -1;
  part("attach").hidden = false;
  part("record").hidden = !(type && navigator.mediaDevices);
  part("attach").addEventListener("click", () => input.click());
  input.addEventListener("change", tellFile);
  part("chosen").querySelector("[data-forget]").addEventListener("click", () => (forgetFile(), part("message").focus()));
  part("record").addEventListener("click", () => start());
  part("recorder").querySelector("[data-finish]").addEventListener("click", () => finish(true));
  part("recorder").querySelector("[data-discard]").addEventListener("click", () => finish(false));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && finish(false));
  part("message").addEventListener("paste", (event) => take(event, event.clipboardData.files));
  part("pane").addEventListener("dragover", (event) => event.preventDefault());
  part("pane").addEventListener("drop", (event) => take(event, event.dataTransfer.files));
}

function take(event, files) {
  if (!files.length) return;
  event.preventDefault();
  part("file").files = files;
  tellFile();
}

function tellFile() {
  const [chosen] = part("file").files;
  part("chosen").hidden = !chosen;
  part("chosen").querySelector("[data-name]").textContent = chosen?.name ?? "";
  if (chosen) part("message").focus();
}

export function forgetFile() {
  if (!part("file")) return;
  part("file").value = "";
  tellFile();
}

function show(records) {
  part("recorder").hidden = !records;
  part("composer-line").hidden = records;
  (records ? part("recorder").querySelector("[data-finish]") : part("message")).focus();
}

function tell(seconds) {
  const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  part("recorder").querySelector("[data-seconds]").textContent = words;
}

async function start() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch {
    part("record").hidden = true;
    return part("attach").focus();
  }
  const heard = [];
  let seconds = 0;
  recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  recorder.addEventListener("dataavailable", ({ data }) => heard.push(data));
  recorder.addEventListener("stop", ({ target }) => {
    clearInterval(clock);
    for (const track of stream.getTracks()) track.stop();
    show(false);
    recorder = null;
    const detail = new File(heard, "voice-note", { type: target.mimeType });
    if (target.isWanted) document.dispatchEvent(new CustomEvent("inbox:spoken", { detail }));
  });
  recorder.start();
  tell(0);
  clock = setInterval(() => {
    tell(++seconds);
    if (seconds >= LONGEST) finish(true);
  }, 1000);
  show(true);
}

function finish(isWanted) {
  if (!recorder || recorder.state === "inactive") return;
  recorder.isWanted = isWanted;
  recorder.stop();
}
