const views = document.querySelectorAll("nav .views input");
for (const view of views) view.addEventListener("change", () => {
  document.body.dataset.view = view.value;
  for (const other of document.querySelectorAll(`.bay input[value=${view.value}]`)) other.checked = true;
});
for (const port of document.querySelectorAll("button.port")) port.addEventListener("click", () => {
  const chosen = document.body.dataset.only === port.value ? "" : port.value;
  document.body.dataset.only = chosen;
  for (const other of document.querySelectorAll("button.port")) other.setAttribute("aria-pressed", other.value === chosen);
});
const search = document.querySelector("input[type=search]");
const answer = document.querySelector("#answer");
let titles = null;
search.addEventListener("change", () => {
  for (const old of document.querySelectorAll(".found")) old.classList.remove("found");
  const wanted = search.value.replace(/\s/g, "").toUpperCase();
  answer.textContent = "";
  if (!wanted) return;
  titles ??= [...document.querySelectorAll(".bay .b > title")];
  const hits = titles.filter((title) => title.textContent.toUpperCase().startsWith(wanted));
  if (!hits.length) { answer.textContent = answer.dataset.none; return; }
  for (const hit of hits) hit.parentNode.classList.add("found");
  const first = hits[hits.length - 1];
  const part = first.parentNode.parentNode.classList[0];
  const view = part === "discharged" || part === "lifted" ? "arrival" : "departure";
  const bay = first.closest(".bay");
  bay.querySelector(`input[value=${view}]`).checked = true;
  answer.textContent = first.textContent;
  bay.scrollIntoView({ block: "center" });
});
