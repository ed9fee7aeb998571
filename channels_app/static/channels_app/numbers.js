// The numbers of the chosen provider, to pick from. Without this, typing the number does as well.
for (const form of document.querySelectorAll("form[data-numbers]")) {
  const provider = form.elements.provider;
  const number = form.elements.phone_number;
  const offers = form.querySelector("[data-offers]");
  const list = form.querySelector("datalist");
  let asked = "";

  const show = async () => {
    if (!provider.value || asked === provider.value) return;
    asked = provider.value;
    offers.replaceChildren();
    list.replaceChildren();
    offers.setAttribute("aria-busy", "true");
    const wanted = asked;
    try {
      const answer = await fetch(`${form.dataset.numbers}?provider=${encodeURIComponent(wanted)}`);
      const text = answer.ok ? await answer.text() : "";
      if (wanted !== asked) return;
      const piece = new DOMParser().parseFromString(text, "text/html");
      offers.replaceChildren(...piece.body.childNodes);
      for (const offer of offers.querySelectorAll("[data-number]:not([disabled])")) {
        const option = document.createElement("option");
        option.value = offer.dataset.number;
        option.label = offer.querySelector(".text-muted")?.textContent ?? "";
        list.append(option);
      }
    } catch {
      asked = ""; // asked again when the provider is chosen again
    }
    offers.removeAttribute("aria-busy");
  };

  offers.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-number]");
    if (!offer) return;
    number.value = offer.dataset.number;
    number.focus();
  });
  provider.addEventListener("change", show);
  if (form.closest("dialog")) {
    const dialog = form.closest("dialog");
    new MutationObserver(() => dialog.open && show()).observe(dialog, { attributeFilter: ["open"] });
  } else if (!number.value) show();
}
