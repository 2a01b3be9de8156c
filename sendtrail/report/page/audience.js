// Which links and automations work, and which list decays.
const clicksOn = (link) => (state.counting === "raw" ? link.raw_unique_clicks : link.unique_clicks);
const linksOf = (id) => data.links.filter((link) => link.campaign_id === id).sort((a, b) => clicksOn(b) - clicksOn(a));

function inPeriod(campaign) {
  const { starts_on: first, ends_on: last, kind } = period();
  return kind === "all" || Boolean(campaign?.sent_at && campaign.sent_at >= first && campaign.sent_at <= last);
}

const linkRow = (link) => h("tr", {}, h("th", { scope: "row", class: "url" }, link.link_url || NOTHING), cell(campaignLink(link.campaign_id)),
  number(count(clicksOn(link)), { "data-csv": clicksOn(link) }), number(rateText(link.share_of_clickers), { "data-csv": link.share_of_clickers ?? "" }));

function drawLinks() {
  const found = data.links.filter((link) => inPeriod(campaigns.get(link.campaign_id))).sort((a, b) => clicksOn(b) - clicksOn(a));
  drawTable("links", rowsTable(["Link", "Campaign", numberHeading("Clicked by"), numberHeading("Share of clickers", { title: "Of those who clicked anything in the campaign, without known machines" })],
    found, linkRow, { id: "links-table" }), "No link of a campaign that was sent in this period has been clicked.");
}

const campaignsOf = (automation) => data.campaigns.filter((each) => each.automation_id === automation.automation_id);
const earnedByAll = (found) => sum(found.map(earnedBy));

function automationRow(each) {
  const earned = earnedByAll(campaignsOf(each));
  return h("tr", { "data-automation": each.automation_id }, h("th", { scope: "row" }, isolated(each.campaign_names || `Automation ${each.automation_id}`)),
    number(count(each.sent), { "data-csv": each.sent ?? "" }), number(rateText(each.open_rate), { "data-csv": each.open_rate ?? "" }),
    number(rateText(each.click_through_rate), { "data-csv": each.click_through_rate ?? "" }),
    number(rateText(each.unsubscribe_rate), { "data-csv": each.unsubscribe_rate ?? "" }),
    HAS_CONVERSIONS ? number(worth(earned), { "data-csv": earned }) : null);
}

function drawAutomations() {
  const found = [...data.automations].sort((a, b) => earnedByAll(campaignsOf(b)) - earnedByAll(campaignsOf(a)) || (b.click_through_rate ?? 0) - (a.click_through_rate ?? 0));
  byId("automations").hidden = !found.length;
  const [automated, others] = [true, false].map((is) => earnedByAll(data.campaigns.filter((each) => Boolean(each.automation_id) === is)));
  fill("automations-text", HAS_CONVERSIONS ? `${when()}, automations earned ${worth(automated)} and newsletters ${worth(others)}.` : "");
  drawTable("automations", rowsTable(["E-mails of the automation", numberHeading("E-mails"), numberHeading("Open rate"), numberHeading("Click rate"), numberHeading("Unsubscribed"),
    HAS_CONVERSIONS && numberHeading("Earned")].filter(Boolean), found, automationRow, { id: "automations-table" }), "");
}

const stoppedClicking = (each) => each.cooling + each.cold;

function listBar(each) {
  const parts = [["exact", "clicking", each.clicking], ["medium", "cooling", each.cooling], ["low", "cold", each.cold], ["unknown", "never clicked", each.never_clicked]];
  return h("div", { class: "levels", role: "img", "aria-label": listed(parts.map(([, name, many]) => `${count(many)} ${name}`)) },
    parts.filter(([, , many]) => many).map(([kind, , many]) => h("i", { class: kind, style: `flex-grow:${many}` })));
}

const listRow = (each) => h("tr", { "data-list": each.list }, h("th", { scope: "row" }, isolated(each.list)), cell(listBar(each), { class: "wide", "data-csv": "" }),
  number(count(each.active), { "data-csv": each.active }), number(rateText(each.clicking_share), { "data-csv": each.clicking_share ?? "" }),
  number(rateText(each.stopped_share), { "data-csv": each.stopped_share ?? "" }), number(count(each.unsubscribed), { "data-csv": each.unsubscribed }),
  number(count(each.bounced), { "data-csv": each.bounced }));

function drawLists() {
  const found = [...data.lists].sort((a, b) => (b.stopped_share ?? 0) - (a.stopped_share ?? 0) || b.active - a.active);
  byId("lists").hidden = !found.length;
  const [worst] = found;
  fill("lists-text", worst && stoppedClicking(worst)
    ? `‘${isolated(worst.list)}’ decays the most: of ${count(worst.active)} who get its e-mails, ${count(stoppedClicking(worst))} (${rateText(worst.stopped_share)}) have clicked before and not in the last 30 days.`
    : "No list decays: nobody who ever clicked has stopped.");
  drawTable("lists", rowsTable(["List", "", numberHeading("Get its e-mails"), numberHeading("Clicking"), numberHeading("Stopped clicking"), numberHeading("Unsubscribed"), numberHeading("Bounced")],
    found, listRow, { id: "lists-table" }), "");
}
