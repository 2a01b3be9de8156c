// The switches, and redrawing what they change.
function render() {
  drawAnswer();
  drawTiles();
  drawEarnedTable();
  if (HAS_CONVERSIONS) drawEarned();
  drawDays();
  drawFunnel();
  drawPaths();
  drawCampaigns();
  drawMethod();
  for (const element of document.querySelectorAll("[data-says]")) element.textContent = SAYS[element.dataset.says]();
}

const SAYS = {
  chosen: () => [monthName(state.period), HAS_CONVERSIONS && model().title, HAS_CONVERSIONS && currencyName(state.currency),
    state.counting === "human" ? "known machines left out" : "machines included"].filter(Boolean).join(" · "),
  period: () => monthName(state.period),
  funnel: () => (state.funnel ? "Since it was sent" : monthName(state.period)),
  funnelled: () => funnelSentence(),
  model: () => `${model().title}: ${model().says}.`,
  counting: () => (state.counting === "human" ? "Without the opens and clicks of known machines" : "Machine activity included"),
  credit: () => (state.counting === "raw" ? "Clicks by machines earn credit as well." : ""),
  unfinished: () => (state.period && state.period === data.made_at.slice(0, 7) ? "This month is not over yet." : ""),
};

function fillSwitches() {
  const lastMonth = new Date(`${data.made_at.slice(0, 7)}-01T00:00:00Z`);
  lastMonth.setUTCMonth(lastMonth.getUTCMonth() - 1);
  const last = lastMonth.toISOString().slice(0, 7), current = data.made_at.slice(0, 7);
  const known = data.periods.length > 1 ? data.periods : ["", ...new Set(Object.values(data.days).flatMap((days) => days.dates.map((date) => date.slice(0, 7))))].sort().reverse();
  const says = (period) => (period === last ? " (last month)" : period === current ? " (so far)" : "");
  options(byId("period"), known.map((period) => [period, monthName(period) + says(period)]), state.period);
  options(byId("model"), data.models.map((each, place) => [String(place), each.title]), String(state.model));
  options(byId("currency"), data.currencies.map((currency) => [currency ?? "", currencyName(currency)]), state.currency ?? "");
  options(byId("funnel-campaign"), [["", "All campaigns"], ...data.campaigns.map((each) => [String(each.id), each.name])], "");
  byId(state.counting).checked = true;
  byId("model").parentElement.hidden = !HAS_CONVERSIONS;
  byId("currency").parentElement.hidden = data.currencies.length < 2;
}

function onChange(id, change) {
  byId(id).addEventListener("change", (event) => { change(event.target.value); render(); });
}

function listen() {
  onChange("period", (value) => { state.period = value; });
  onChange("model", (value) => { state.model = Number(value); });
  onChange("currency", (value) => { state.currency = value || null; });
  onChange("human", () => { state.counting = "human"; });
  onChange("raw", () => { state.counting = "raw"; });
  onChange("funnel-campaign", (value) => { state.funnel = value; });
  byId("search").addEventListener("input", (event) => { state.search = event.target.value; drawCampaigns(); });
  byId("theme").addEventListener("click", changeTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  matchMedia("(max-width: 620px)").addEventListener("change", render);
  window.addEventListener("beforeprint", () => { printing = true; document.documentElement.classList.add("printing"); render(); });
  window.addEventListener("afterprint", () => { printing = false; document.documentElement.classList.remove("printing"); render(); });
}

function age() {
  const days = Math.floor((Date.now() - Date.parse(data.made_at)) / 86400e3);
  return days > 0 ? ` (${count(days)} ${days > 1 ? "days" : "day"} ago)` : "";
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  render();
}

fillSwitches();
fill("made", timeName(data.made_at), age());
fill("synced", timeName(data.newest_sync_at));
drawNotes();
drawTrust();
drawFreshness();
listen();
render();
