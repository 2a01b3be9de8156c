// Which links and automations work, which list decays, and who went quiet.
const clicksOn = (link) => (state.counting === "raw" ? link.raw_unique_clicks : link.unique_clicks);
// The share is known without machines only, which is said where machines count.
const clickerShare = (link) => (state.counting === "raw" ? null : link.share_of_clickers);
const linksOf = (id) => data.links.filter((link) => link.campaign_id === id).sort((a, b) => clicksOn(b) - clicksOn(a));

function inPeriod(campaign) {
  const { starts_on: first, ends_on: last, kind } = period();
  return kind === "all" || Boolean(campaign?.sent_at && campaign.sent_at >= first && campaign.sent_at <= last);
}

const linkRow = (link) => h("tr", {}, h("th", { scope: "row", class: "url" }, link.link_url || NOTHING), cell(campaignLink(link.campaign_id)),
  number(count(clicksOn(link)), { "data-csv": clicksOn(link) }), number(rateText(clickerShare(link)), { "data-csv": clickerShare(link) ?? "" }));

function linksSentence([best]) {
  if (!best || !clicksOn(best)) return "";
  const share = missing(clickerShare(best)) ? "" : `, ${rateText(clickerShare(best))} of those who clicked anything in it`;
  const who = `${counted(clicksOn(best), "contact")}${state.counting === "raw" ? ", machines included" : ""}`;
  return `The most clicked is ${shortened(best.link_url || NOTHING, 60)} in ‘${campaignName(best.campaign_id)}’: by ${who}${share}.`;
}

function drawLinks() {
  const found = data.links.filter((link) => inPeriod(campaigns.get(link.campaign_id))).sort((a, b) => clicksOn(b) - clicksOn(a));
  fill("links-text", linksSentence(found));
  byId("links").hidden = !HAS_CAMPAIGNS;
  drawTable("links", rowsTable(["Link", "Campaign", numberHeading("Clicked by"), numberHeading("Share of clickers", { title: "Of those who clicked anything in the campaign, without known machines" })],
    found, linkRow, { id: "links-table" }), "No link of a campaign that was sent in this period has been clicked. Choose another period above.");
}

const campaignsOf = (automation) => data.campaigns.filter((each) => each.automation_id === automation.automation_id);
const earnedByAll = (found) => sum(found.map(earnedBy));

// Each e-mail of it opens to its page.
function automationNames(each) {
  const found = campaignsOf(each).sort((a, b) => a.id - b.id);
  if (!found.length) return isolated(each.campaign_names || `Automation ${each.automation_id}`);
  return found.flatMap((one, place) => [place ? ", " : "", campaignLink(one.id)]);
}

function automationsSentence([best]) {
  if (!HAS_CONVERSIONS) return "";
  const [automated, others] = [true, false].map((is) => earnedByAll(data.campaigns.filter((each) => Boolean(each.automation_id) === is)));
  const earned = earnedByAll(campaignsOf(best)), names = campaignsOf(best).map((each) => each.name);
  const first = earned > 0 && names.length ? `‘${names[0]}’${names.length > 1 ? ` and the ${counted(names.length - 1, "other e-mail")} of its automation` : ""} earned the most of them: ${worth(earned)}.` : "None of them earned anything.";
  return `${when()}, automations earned ${worth(automated)} and newsletters ${worth(others)}. ${first}`;
}

function automationRow(each) {
  const earned = earnedByAll(campaignsOf(each));
  return h("tr", { "data-automation": each.automation_id }, h("th", { scope: "row" }, automationNames(each)),
    HAS_CONVERSIONS ? number(worth(earned), { "data-csv": earned }) : null,
    number(count(each.sent), { "data-csv": each.sent ?? "" }), number(rateText(each.open_rate), { "data-csv": each.open_rate ?? "" }),
    number(rateText(each.click_through_rate), { "data-csv": each.click_through_rate ?? "" }),
    number(rateText(each.unsubscribe_rate), { "data-csv": each.unsubscribe_rate ?? "" }));
}

function drawAutomations() {
  const found = [...data.automations].sort((a, b) => earnedByAll(campaignsOf(b)) - earnedByAll(campaignsOf(a)) || (b.click_through_rate ?? 0) - (a.click_through_rate ?? 0));
  byId("automations").hidden = !found.length;
  fill("automations-text", found.length ? automationsSentence(found) : "");
  drawTable("automations", rowsTable(["E-mails of the automation", HAS_CONVERSIONS && numberHeading("Earned"), numberHeading("Sent"), numberHeading("Open rate"),
    numberHeading("Click rate"), numberHeading("Unsubscribed")].filter(Boolean), found, automationRow, { id: "automations-table" }), "");
}

const stoppedClicking = (each) => each.cooling + each.cold;
// Of two contacts one has soon stopped: a list that small is named only where no other has.
const FEW_CONTACTS = 20;
const mostDecayed = (lists) => lists.find((each) => each.active >= FEW_CONTACTS && stoppedClicking(each)) ?? lists[0];

function listBar(each) {
  const parts = [["exact", "clicking", each.clicking], ["medium", "cooling", each.cooling], ["low", "cold", each.cold], ["unknown", "never clicked", each.never_clicked]];
  return h("div", { class: "levels", role: "img", "aria-label": listed(parts.map(([, name, many]) => `${count(many)} ${name}`)) },
    parts.filter(([, , many]) => many).map(([kind, , many]) => h("i", { class: kind, style: `flex-grow:${many}` })));
}

const listRow = (each) => h("tr", { "data-list": each.list }, h("th", { scope: "row" }, isolated(each.list)), cell(listBar(each), { class: "wide", "data-csv": "" }),
  number(count(each.active), { "data-csv": each.active }), number(rateText(each.stopped_share), { "data-csv": each.stopped_share ?? "" }),
  number(rateText(each.clicking_share), { "data-csv": each.clicking_share ?? "" }), number(count(each.unsubscribed), { "data-csv": each.unsubscribed }),
  number(count(each.bounced), { "data-csv": each.bounced }));

function drawLists() {
  const found = [...data.lists].sort((a, b) => (b.stopped_share ?? 0) - (a.stopped_share ?? 0) || b.active - a.active);
  byId("lists").hidden = !found.length;
  const worst = mostDecayed(found);
  fill("lists-text", worst && stoppedClicking(worst)
    ? `‘${isolated(worst.list)}’ decays the most: of ${counted(worst.active, "contact")} who get${worst.active === 1 ? "s" : ""} its e-mails, ${count(stoppedClicking(worst))} (${rateText(worst.stopped_share)}) ${stoppedClicking(worst) === 1 ? "has" : "have"} clicked before and not in the last 30 days.`
    : "No list decays: nobody who ever clicked has stopped.");
  drawTable("lists", rowsTable(["List", "", numberHeading("Get its e-mails"), numberHeading("Stopped clicking"), numberHeading("Clicking"), numberHeading("Unsubscribed"), numberHeading("Bounced")],
    found, listRow, { id: "lists-table" }), "");
}
