// The tables: campaigns by what they earned, by what their recipients did, and the paths to conversion.
const EARNED_SHOWN = 10;
const CAMPAIGNS_SHOWN = 25;

function rankCell(row, place) {
  const rank = row.rank[place], mine = row.rank[state.model];
  const change = place === state.model ? "chosen" : rank < mine ? "better" : rank > mine ? "worse" : "";
  return number(count(rank), { class: `number rank ${change}`, "data-model": data.models[place].name });
}

function earnedRow(row) {
  const campaign = campaigns.get(row.campaign);
  return h("tr", { "data-campaign": row.campaign },
    number(count(row.rank[state.model])),
    h("th", { scope: "row" }, campaignName(row.campaign)),
    number(state.currency === null ? NOTHING : money(row.value[state.model], row.currency), { "data-value": row.value[state.model] }),
    number(conversions(row.credit[state.model]), { "data-credit": row.credit[state.model] }),
    number(campaign?.sent && state.currency !== null ? money((1000 * row.value[state.model]) / campaign.sent, row.currency) : NOTHING),
    data.models.map((_, place) => rankCell(row, place)));
}

function unearnedRow() {
  const row = earnedOf(null);
  if (!row) return null;
  return h("tr", { class: "unearned", "data-campaign": "none" }, number(""), h("th", { scope: "row" }, "No e-mail"),
    number(state.currency === null ? NOTHING : money(row.value[state.model], row.currency), { "data-value": row.value[state.model] }),
    number(conversions(row.credit[state.model]), { "data-credit": row.credit[state.model] }),
    number(NOTHING), data.models.map(() => number("")));
}

function drawEarnedTable() {
  const rows = ranking();
  byId("earned").hidden = !HAS_CONVERSIONS;
  byId("paths").hidden = !HAS_CONVERSIONS;
  const shown = state.all.earned || printing ? rows : rows.slice(0, EARNED_SHOWN);
  const headings = [numberHeading("#"), "Campaign", numberHeading("Earned"), numberHeading("Conversions"), numberHeading("Per 1,000 sent"),
    ...data.models.map((each, place) => numberHeading(each.title, { class: `number rank${place === state.model ? " chosen" : ""}`, title: each.says }))];
  const grouped = h("tr", { class: "group" }, h("td", { colspan: 5 }), h("th", { colspan: data.models.length, scope: "colgroup" }, "Rank under each model"));
  const element = table(headings, [...shown.map(earnedRow), unearnedRow()].filter(Boolean), { class: "ranks", id: "earned-table" });
  element.tHead.prepend(grouped);
  fill("earned-rows", element);
  more("earned", rows.length, EARNED_SHOWN);
}

function more(name, all, shown) {
  const is = state.all[name];
  fill(`${name}-more`, all > shown ? h("button", { type: "button", class: "more", onclick: () => { state.all[name] = !is; render(); } },
    is ? `Show the first ${shown}` : `Show all ${count(all)}`) : null);
}

const COLUMNS = [
  { name: "name", title: "Campaign", of: (each) => each.name.toLowerCase(), text: (each) => each.name },
  { name: "sent_at", title: "Sent on", of: (each) => each.sent_at || "", text: (each) => dayName(each.sent_at), nobreak: true },
  { name: "sent", title: "E-mails", of: (each) => each.sent, text: (each) => count(each.sent), number: true },
  { name: "opens", title: "Opened", of: (each) => each.opens[state.counting], text: (each) => count(each.opens[state.counting]), number: true },
  { name: "open_rate", title: "Open rate", of: (each) => rate(each, "opens"), text: (each) => rateText(each, "opens"), number: true },
  { name: "clicks", title: "Clicked", of: (each) => each.clicks[state.counting], text: (each) => count(each.clicks[state.counting]), number: true },
  { name: "click_rate", title: "Click rate", of: (each) => rate(each, "clicks"), text: (each) => rateText(each, "clicks"), number: true },
  { name: "bounces", title: "Bounced", of: (each) => each.bounces, text: (each) => count(each.bounces), number: true },
  { name: "unsubscribes", title: "Unsubscribed", of: (each) => each.unsubscribes, text: (each) => count(each.unsubscribes), number: true },
  { name: "earned", title: "Earned", number: true, needsConversions: true,
    of: (each) => (earnedOf(each.id) ? score(earnedOf(each.id), state.model) : null),
    text: (each) => (earnedOf(each.id) ? (state.currency === null ? conversions(earnedOf(each.id).credit[state.model]) : money(earnedOf(each.id).value[state.model], state.currency)) : NOTHING) },
  { name: "trust", title: "Complete", of: (each) => Object.keys(LEVEL_NAMES).indexOf(each.trust), text: (each) => h("span", { class: `level ${each.trust}` }, LEVEL_NAMES[each.trust]), nobreak: true },
];
const columns = () => COLUMNS.filter((column) => HAS_CONVERSIONS || !column.needsConversions);
const rate = (each, what) => (each.covered && each.delivered ? each[what][state.counting] / each.delivered : null);
const rateText = (each, what) => (each.covered ? percent(each[what][state.counting], each.delivered) : NOTHING);

function compare(a, b, column) {
  const [x, y] = [column.of(a), column.of(b)];
  if (missing(x) || missing(y)) return missing(x) - missing(y); // unknown values come last in either order
  const order = typeof x === "string" ? x.localeCompare(y) : x - y;
  return (state.sort.descending ? -order : order) || b.id - a.id;
}

function sortBy(column) {
  const again = state.sort.column === column.name;
  state.sort = { column: column.name, descending: again ? !state.sort.descending : Boolean(column.number) };
  drawCampaigns();
}

function sortHeading(column) {
  const chosen = state.sort.column === column.name;
  const order = chosen ? (state.sort.descending ? "descending" : "ascending") : "none";
  return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": order, "data-column": column.name },
    h("button", { type: "button", onclick: () => sortBy(column) }, column.title));
}

function campaignRow(each) {
  return h("tr", { "data-campaign": each.id }, columns().map((column) => column.name === "name"
    ? h("th", { scope: "row" }, column.text(each))
    : h("td", { class: [column.number && "number", column.nobreak && "nobreak"].filter(Boolean).join(" "), "data-column": column.name }, column.text(each))));
}

function drawCampaigns() {
  const column = columns().find((each) => each.name === state.sort.column) || COLUMNS[1];
  const searched = state.search.trim().toLowerCase();
  const found = data.campaigns.filter((each) => each.name.toLowerCase().includes(searched)).sort((a, b) => compare(a, b, column));
  const shown = state.all.campaigns || printing ? found : found.slice(0, CAMPAIGNS_SHOWN);
  fill("campaigns-rows", found.length ? table(columns().map(sortHeading), shown.map(campaignRow), { id: "campaigns-table" })
    : h("p", { class: "quiet" }, searched ? "No campaign name contains this." : "No campaign has been sent yet."));
  more("campaigns", found.length, CAMPAIGNS_SHOWN);
}

function pathRow(path) {
  const steps = path.campaigns.flatMap((id, place) => [
    place ? h("span", { class: "arrow", "aria-label": "then" }, " → ") : null, id === null ? "…" : h("span", { class: "step" }, campaignName(id)),
  ]);
  return h("tr", {}, h("th", { scope: "row" }, steps), number(count(path.conversions)),
    number(path.currency === null ? NOTHING : money(path.value, path.currency)), number(missing(path.days) ? NOTHING : fine.format(path.days)));
}

function drawPaths() {
  const found = attributed().paths.filter((path) => path.period === state.period && path.currency === state.currency);
  fill("paths-rows", found.length
    ? table(["Clicked, in this order", numberHeading("Conversions"), numberHeading("Value"), numberHeading("Days")], found.slice(0, 8).map(pathRow), { id: "paths-table" })
    : h("p", { class: "quiet" }, "No conversion of this kind followed a click."));
}
