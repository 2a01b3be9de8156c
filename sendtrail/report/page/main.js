// The switches, and redrawing what they change.
function render() {
  // First, as no chart can be drawn in what is hidden.
  drawCampaignPage();
  drawAnswer();
  drawTiles();
  drawEarnedTable();
  if (HAS_CONVERSIONS) drawEarned();
  drawDays();
  drawFunnel();
  drawPaths();
  drawLinks();
  drawAutomations();
  drawLists();
  drawQuiet();
  drawCampaigns();
  byId("method").hidden = !HAS_CONVERSIONS;
  drawMethod();
  for (const element of document.querySelectorAll("[data-says]")) element.textContent = SAYS[element.dataset.says]();
}

const SAYS = {
  chosen: () => [periodName(state.period), HAS_CONVERSIONS && model().title, HAS_CONVERSIONS && currencyName(state.currency),
    state.counting === "human" ? "known machines left out" : "machines included"].filter(Boolean).join(" · "),
  period: () => periodName(state.period),
  dates: () => (period().kind === "days" ? `${daysName(period())}. ` : ""),
  funnel: () => (state.funnel ? "Since it was sent" : periodName(state.period)),
  funnelled: () => funnelSentence(),
  model: () => `${model().title}: ${model().says}.`,
  counting: () => (state.counting === "human" ? "Without the opens and clicks of known machines" : "Machine activity included"),
  credit: () => (state.counting === "raw" ? "Clicks by machines earn credit as well." : ""),
  unfinished: () => (isUnfinished(period()) ? `This ${period().kind} is not over yet${before() ? `: it is compared with ${beforeName()}` : ""}.` : ""),
  zone: () => `Days begin at midnight ${zoneName()}.`,
};
const isUnfinished = ({ kind, ends_on: last }) => ["month", "year"].includes(kind) && last >= data.today;

const PERIOD_GROUPS = [["days", "Last days"], ["month", "Months"], ["year", "Years"], ["all", "All"]];
function fillPeriods() {
  const date = new Date(`${data.today.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - 1);
  const last = date.toISOString().slice(0, 7);
  const says = (each) => (each.period === last ? " (last month)" : isUnfinished(each) ? " (so far)" : "");
  const order = (a, b) => (a.kind === "days" ? parseInt(a.period, 10) - parseInt(b.period, 10) : b.period.localeCompare(a.period));
  byId("period").replaceChildren(...PERIOD_GROUPS.map(([kind, title]) => {
    const found = data.periods.filter((each) => each.kind === kind).sort(order);
    return found.length ? h("optgroup", { label: title }, found.map((each) =>
      h("option", { value: each.period, selected: each.period === state.period }, periodName(each.period) + says(each)))) : "";
  }));
}

function fillSwitches() {
  fillPeriods();
  options(byId("model"), data.models.map((each, place) => [String(place), each.title]), String(state.model));
  options(byId("currency"), data.currencies.map((currency) => [currency ?? "", currencyName(currency)]), state.currency ?? "");
  options(byId("funnel-campaign"), [["", "All campaigns"], ...data.campaigns.map((each) => [String(each.id), each.name])], "");
  options(byId("kind"), [["", "All campaigns"], ["Newsletter", "Newsletters"], ["Automation", "Automations"]], "");
  byId(state.counting).checked = true;
  byId("model").parentElement.hidden = !HAS_CONVERSIONS;
  byId("kind").hidden = !data.campaigns.some((each) => each.automation_id);
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
  onChange("kind", (value) => { state.kind = value; });
  byId("search").addEventListener("input", (event) => { state.search = event.target.value; drawCampaigns(); });
  byId("theme").addEventListener("click", changeTheme);
  window.addEventListener("hashchange", openCampaign);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  matchMedia("(max-width: 620px)").addEventListener("change", render);
  // A chart that is folded away has no width to be drawn in.
  for (const each of folds()) each.addEventListener("toggle", () => { if (each.open && !printing) render(); });
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
}

const folds = () => [...document.querySelectorAll("details.card")];
let unfolded = [];
function print(begins) {
  printing = begins;
  document.documentElement.classList.toggle("printing", begins);
  if (begins) unfolded = folds().filter((each) => each.open);
  for (const each of folds()) each.open = begins || unfolded.includes(each);
  render();
}

function age() {
  const days = Math.floor((Date.now() - Date.parse(data.made_at)) / 86400e3);
  return days > 0 ? ` (${counted(days, "day")} ago)` : "";
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  render();
}

// On a phone, all but the answer and what earned the most is folded away.
if (narrow()) for (const each of folds().slice(1)) each.open = false;
fillSwitches();
fill("made", utcName(data.made_at), age());
fill("synced", utcName(data.newest_sync_at));
drawNotes();
drawTrust();
drawFreshness();
listen();
openCampaign();
