// Says in words what was probably pasted into the wrong field, while it is pasted. The server says the same on saving.
const type = document.querySelector("select[name=kind], input[name=kind]");
const texts = (field) => JSON.parse(field.dataset.shapes || "[]");

for (const field of document.querySelectorAll("[data-shapes]")) {
  const doubt = document.createElement("p");
  doubt.className = "field-doubt";
  doubt.id = `${field.id}_doubt`;
  doubt.setAttribute("role", "status");
  field.after(doubt);
  let isRefused = field.closest(".field-wrong") !== null;  // what the server said stands there already
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${doubt.id}`.trim());
  const look = () => {
    const value = field.value.trim();
    const isOurs = type && type.value !== "meta_cloud_api";
    const found = value && !isOurs && texts(field).find((shape) => new RegExp(shape.pattern).test(value));
    doubt.textContent = found && !isRefused ? found.say : "";
  };
  field.addEventListener("input", () => {
    isRefused = false;
    look();
  });
  type?.addEventListener("change", look);
  look();
}
