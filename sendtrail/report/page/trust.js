// What to know before you rely on the numbers.
function drawNotes() {
  fill("notes", data.notes.map((note) => h("li", { class: note.level }, h("strong", {}, note.title), h("span", {}, note.text))));
  byId("notes").hidden = !data.notes.length;
}

const levelWords = (row) => listed(Object.entries(row.levels).filter(([, many]) => many).map(([level, many]) => `${LEVEL_NAMES[level].toLowerCase()} in ${count(many)}`));

function levelBar(row) {
  const all = sum(Object.values(row.levels));
  const parts = Object.entries(row.levels).filter(([, many]) => many).map(([level, many]) =>
    h("i", { class: level, style: `flex-grow:${many / all}` }));
  return h("div", { class: "levels", role: "img", "aria-label": levelWords(row) }, parts);
}

function drawTrust() {
  const rows = data.trust.map((row) => h("tr", { "data-type": row.event_type }, h("th", { scope: "row" }, TYPE_NAMES[row.event_type]), cell(levelBar(row), { class: "wide", "data-csv": levelWords(row) }),
    number(count(row.stored), { "data-csv": row.stored }), number(count(row.counted), { "data-csv": row.counted })));
  drawFixed("trust", table(["", "Campaigns", numberHeading("Stored"), numberHeading("Counted")], rows, { id: "trust-table" }));
  fill("trust-key", Object.entries(LEVEL_NAMES).map(([level, name]) => h("span", {}, h("i", { class: level }), name)));
  byId("gaps").hidden = !data.gaps.length;
  drawFixed("gaps", table(["Campaign", "What", numberHeading("Counted"), numberHeading("Stored"), "Likely cause"], data.gaps.map((gap) =>
    h("tr", {}, h("th", { scope: "row" }, campaignName(gap.campaign_id)), cell(TYPE_NAMES[gap.event_type]), number(count(gap.counter), { "data-csv": gap.counter ?? "" }),
      number(count(gap.stored), { "data-csv": gap.stored }), cell(gap.explanation, { class: "wide" }))), { id: "gaps-table" }));
}

// A table that no switch changes.
const drawFixed = (name, element) => drawTable(name, () => ({ element, all: 0, shown: () => 0 }), "Nothing has been synced yet.");

function drawFreshness() {
  const rows = data.freshness.map((row) => h("tr", {}, h("th", { scope: "row" }, TYPE_NAMES[row.event_type] ?? row.event_type),
    cell(timeName(row.newest_activity_at), { class: "nobreak" }), cell(timeName(row.newest_sync_at), { class: "nobreak" })));
  drawFixed("freshness", rows.length ? table(["", "Newest activity", "Stored"], rows, { id: "freshness-table" }) : null);
}

const zoneName = () => (data.time_zone === "UTC" ? "UTC" : `in ${data.time_zone}`);

function drawMethod() {
  const parameters = data.parameters;
  const touches = parameters.include_opens ? "clicks and opens" : "clicks";
  const who = state.counting === "raw" ? ", including those by machines," : ", without those by known machines,";
  const same = (state.counting === "raw") === parameters.include_machine;
  fill("method-text", `A conversion is credited to the ${touches}${who} that the same person made in the ${parameters.lookback_days} days before it. `
    + "Every conversion counts once under each model; conversions that no e-mail earned are shown separately. Currencies are never added. A period has the conversions of its days, which begin at midnight " + zoneName() + ".");
  fill("models", data.models.flatMap((each) => [h("dt", {}, each.title), h("dd", {}, `${each.says[0].toUpperCase()}${each.says.slice(1)}.`)]));
}
