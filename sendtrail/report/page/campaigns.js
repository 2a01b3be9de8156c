// All campaigns: what their recipients did and what they earned, to be searched, sorted and opened.
const rateColumn = (name, title, of) => ({ name, title, of, text: (each) => rateText(of(each)), number: true });
const countColumn = (name, title, of) => ({ name, title, of, text: (each) => count(of(each)), number: true });
const covered = (each, value) => (each.covered ? value : null);
const earnedBy = (each) => (earnedOf(each.id) ? score(earnedOf(each.id), state.model) : null);

const COLUMNS = [
  { name: "name", title: "Campaign", of: (each) => each.name.toLowerCase(), text: (each) => nameAndSubject(each) },
  { name: "kind", title: "Kind", of: kindName, text: kindName },
  { name: "sent_at", title: "Sent on", of: (each) => each.sent_at || "", text: (each) => dayName(each.sent_at), nobreak: true },
  countColumn("sent", "E-mails", (each) => each.sent),
  countColumn("opens", "Opened", (each) => each.opens[state.counting]),
  rateColumn("open_rate", "Open rate", (each) => covered(each, each.rates.opens[state.counting])),
  countColumn("clicks", "Clicked", (each) => each.clicks[state.counting]),
  rateColumn("click_rate", "Click rate", (each) => covered(each, each.rates.clicks[state.counting])),
  rateColumn("bounce_rate", "Bounced", (each) => each.bounce_rate),
  rateColumn("unsubscribe_rate", "Unsubscribed", (each) => covered(each, each.unsubscribe_rate)),
  { name: "earned", title: "Earned", number: true, needsConversions: true, of: earnedBy, text: (each) => (missing(earnedBy(each)) ? NOTHING : worth(earnedBy(each))) },
  { name: "trust", title: "Complete", of: (each) => Object.keys(LEVEL_NAMES).indexOf(each.trust), text: (each) => h("span", { class: `level ${each.trust}` }, LEVEL_NAMES[each.trust]) },
  // Below the name on the page, and a column of its own in the file.
  { name: "subject", title: "Subject line", of: (each) => each.subject || "", text: (each) => each.subject || NOTHING, needsSubjects: true, unseen: true },
];
const HAS_SUBJECTS = data.campaigns.some((each) => each.subject);
const columns = () => COLUMNS.filter((column) => (HAS_CONVERSIONS || !column.needsConversions) && (HAS_SUBJECTS || !column.needsSubjects));
// Many accounts name a campaign after its subject line: twice the same says nothing.
const saysMore = (each) => Boolean(each.subject) && each.subject !== each.name;
const nameAndSubject = (each) => [campaignLink(each.id), saysMore(each) ? h("span", { class: "subject" }, each.subject) : null];
function kindName(each) { return each.automation_id ? "Automation" : "Newsletter"; }

const campaignLink = (id) => (campaigns.has(id) ? h("a", { href: `#campaign-${id}` }, campaignName(id)) : campaignName(id));

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
  return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": order, "data-column": column.name, hidden: column.unseen },
    h("button", { type: "button", onclick: () => sortBy(column) }, column.title));
}

function campaignCell(each, column) {
  if (column.name === "name") return h("th", { scope: "row", "data-name": each.name }, column.text(each));
  const kind = [column.number && "number", column.nobreak && "nobreak"].filter(Boolean).join(" ");
  return h("td", { class: kind, "data-column": column.name, hidden: column.unseen, "data-csv": column.number || column.name === "sent_at" ? column.of(each) ?? "" : null }, column.text(each));
}

function drawCampaigns() {
  const column = columns().find((each) => each.name === state.sort.column) || COLUMNS[2];
  const searched = state.search.trim().toLowerCase();
  const found = data.campaigns
    .filter((each) => `${each.name} ${each.subject || ""}`.toLowerCase().includes(searched) && (!state.kind || kindName(each) === state.kind))
    .sort((a, b) => compare(a, b, column));
  drawTable("campaigns", rowsTable(columns().map(sortHeading), found,
    (each) => h("tr", { "data-campaign": each.id }, columns().map((one) => campaignCell(each, one))), { most: 25, id: "campaigns-table" }),
  searched ? "No campaign's name or subject line contains this." : state.kind ? `No ${state.kind.toLowerCase()} has been sent yet.` : "No campaign has been synced yet.");
}
