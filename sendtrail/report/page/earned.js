// The campaigns by what they earned, and the paths to conversion.
function rankCell(row, place) {
  const rank = row.rank[place], mine = row.rank[state.model];
  const kind = place === state.model ? "chosen" : rank < mine ? "better" : rank > mine ? "worse" : "";
  return number(count(rank), { class: `number rank ${kind}`, "data-model": data.models[place].name });
}

const valueCell = (row, name) =>
  number(state.currency === null || !row ? NOTHING : money(row.value[state.model], row.currency),
    { "data-value": name ? null : row?.value[state.model], "data-csv": row?.value[state.model] ?? "", "data-column": name });

function perRecipient(row) {
  const sent = campaigns.get(row.campaign)?.sent;
  return sent && !missing(row.value[state.model]) ? row.value[state.model] / sent : null;
}

function earnedCells(row) {
  const then = before() ? earnedOf(row.campaign, before()) : null, each = perRecipient(row);
  return [
    valueCell(row),
    before() ? valueCell(then, "before") : null,
    number(conversions(row.credit[state.model]), { "data-credit": row.credit[state.model], "data-csv": row.credit[state.model] }),
    number(smallMoney(each, row.currency), { "data-csv": each ?? "", "data-column": "per-recipient" }),
  ];
}

function earnedRow(row) {
  return h("tr", { "data-campaign": row.campaign }, number(count(row.rank[state.model])),
    h("th", { scope: "row" }, campaignLink(row.campaign)), earnedCells(row), data.models.map((_, place) => rankCell(row, place)));
}

function unearnedRow() {
  const row = earnedOf(null);
  if (!row) return null;
  return h("tr", { class: "unearned", "data-campaign": "none" }, number(""), h("th", { scope: "row", title: "Conversions that followed no click on an e-mail" }, "No e-mail"),
    earnedCells(row), data.models.map(() => number("")));
}

// A month's name says more than "Before", the days of other periods are too long for a heading.
const beforeHeading = () => (/^\d{4}(-\d{2})?$/.test(before()) ? beforeName() : "Before");

function drawEarnedTable() {
  byId("earned").hidden = byId("paths").hidden = !HAS_CONVERSIONS;
  const plain = ["#", "Campaign", "Earned", before() && beforeHeading(), "Conversions", "Per recipient"].filter(Boolean);
  const headings = [...plain.map((title) => (title === "Campaign" ? title : numberHeading(title, title === "Before" ? { title: beforeName() } : {}))),
    ...data.models.map((each, place) => numberHeading(each.title, { class: `number rank${place === state.model ? " chosen" : ""}`, title: each.says }))];
  const build = rowsTable(headings, ranking(), earnedRow, { id: "earned-table", kind: "ranks", extra: [unearnedRow()].filter(Boolean) });
  drawTable("earned", (everything) => {
    const found = build(everything);
    found.element?.tHead.prepend(h("tr", { class: "group" }, h("td", { colspan: plain.length }), h("th", { colspan: data.models.length, scope: "colgroup" }, "Rank under each model")));
    return found;
  }, `No e-mail earned ${anything()}.`);
}

function pathRow(path) {
  const steps = path.campaigns.flatMap((id, place) => [
    place ? h("span", { class: "arrow", "aria-label": "then" }, " → ") : null, id === null ? "…" : h("span", { class: "step" }, campaignName(id)),
  ]);
  return h("tr", {}, h("th", { scope: "row" }, steps), number(count(path.conversions), { "data-csv": path.conversions }),
    number(path.currency === null ? NOTHING : money(path.value, path.currency), { "data-csv": path.value ?? "" }),
    number(missing(path.days) ? NOTHING : fine.format(path.days), { "data-csv": path.days ?? "" }));
}

function drawPaths() {
  const found = attributed().paths.filter((path) => path.period === state.period && path.currency === state.currency);
  drawTable("paths", rowsTable(["Clicked, in this order", numberHeading("Conversions"), numberHeading("Value"), numberHeading("Days")],
    found, pathRow, { most: 8, id: "paths-table" }), `No e-mail that was clicked earned ${anything()}.`);
}
