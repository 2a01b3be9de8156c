// What to know before you rely on the numbers.
// A command is shown as it is typed: on one line, so that its dashes stay with their option.
const COMMAND = /(sendtrail [a-z]+(?: --[a-z][a-z-]*(?: \d+)?)*)/;
const withCommands = (text) => text.split(COMMAND).map((part, place) => (place % 2 ? h("code", { class: "nobreak" }, part) : part));

function drawNotes() {
  fill("notes", data.notes.map((note) => h("li", { class: note.level }, h("strong", {}, note.title), h("span", {}, withCommands(note.text)))));
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
  const rows = data.trust.filter((row) => sum(Object.values(row.levels))).map((row) => h("tr", { "data-type": row.event_type }, h("th", { scope: "row" }, TYPE_NAMES[row.event_type]), cell(levelBar(row), { class: "wide", "data-csv": levelWords(row) }),
    number(count(row.stored), { "data-csv": row.stored }), number(count(row.counted), { "data-csv": row.counted })));
  drawFixed("trust", rows.length ? table(["", "Campaigns", numberHeading("Stored"), numberHeading("Counted")], rows, { id: "trust-table" }) : null);
  fill("trust-key", !rows.length ? null : Object.entries(LEVEL_NAMES).map(([level, name]) => h("span", {}, h("i", { class: level }), name)));
  byId("gaps").hidden = !data.gaps.length;
  drawFixed("gaps", table(["Campaign", "What", numberHeading("Counted"), numberHeading("Stored"), "Likely cause"], data.gaps.map((gap) =>
    h("tr", {}, h("th", { scope: "row" }, campaignName(gap.campaign_id)), cell(TYPE_NAMES[gap.event_type]), number(count(gap.counter), { "data-csv": gap.counter ?? "" }),
      number(count(gap.stored), { "data-csv": gap.stored }), cell(withCommands(gap.explanation), { class: "wide" }))), { id: "gaps-table" }));
}

// A table that no switch changes.
const drawFixed = (name, element) => drawTable(name, () => ({ element, all: 0, shown: () => 0 }), "Nothing has been synced yet.");

function drawFreshness() {
  const rows = data.freshness.map((row) => h("tr", {}, h("th", { scope: "row" }, TYPE_NAMES[row.event_type] ?? row.event_type),
    cell(timeName(row.newest_activity_at), { class: "nobreak", "data-csv": row.newest_activity_at ?? "" }), cell(timeName(row.newest_sync_at), { class: "nobreak", "data-csv": row.newest_sync_at ?? "" })));
  drawFixed("freshness", rows.length ? table(["", "Newest activity (UTC)", "Stored (UTC)"], rows, { id: "freshness-table" }) : null);
}

const zoneName = () => (data.time_zone === "UTC" ? "UTC" : `in ${data.time_zone}`);

function drawMethod() {
  const parameters = data.parameters;
  const touches = parameters.include_opens ? "clicks and opens" : "clicks";
  const who = state.counting === "raw" ? ", including those by machines," : ", without those by known machines,";
  const same = (state.counting === "raw") === parameters.include_machine;
  fill("method-text", `A conversion is credited to the ${touches}${who} that the same person made in the ${counted(parameters.lookback_days, "day")} before it. `
    + "Every conversion counts once under each model; conversions that no e-mail earned are shown separately. Currencies are never added. A period has the conversions of its days, which begin at midnight " + zoneName() + ".");
  fill("models", data.models.flatMap((each) => [h("dt", {}, each.title), h("dd", {}, `${each.says[0].toUpperCase()}${each.says.slice(1)}.`)]));
}
