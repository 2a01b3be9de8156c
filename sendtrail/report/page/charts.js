// The charts. Colours come from the style sheet, so that they follow light, dark and print.
const TYPES = ["open", "click", "bounce", "unsubscribe", "forward"];
const CHARTS_SHOWN = 10;
let printing = false;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const narrow = () => !printing && window.innerWidth < 620;

function layout(extra) {
  const ink = colour("ink");
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, showlegend: false,
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: ink },
    hoverlabel: { bgcolor: colour("raised"), bordercolor: colour("line"), font: { color: ink, size: 13 }, align: "left" },
    ...extra,
  };
}

function draw(id, traces, extra) {
  if (!byId(id).offsetParent) return; // folded away, or behind a campaign's page
  const width = printing ? { width: 680, autosize: false } : { autosize: true };
  Plotly.react(id, traces, layout({ ...extra, ...width }), { displayModeBar: false, responsive: !printing });
}

function drawEarned() {
  const rows = ranking().slice(0, CHARTS_SHOWN).reverse();
  byId("earned-chart").hidden = !rows.length;
  if (!rows.length) return;
  const most = narrow() ? 16 : 30;
  const names = rows.map((row) => label(shortened(campaignName(row.campaign), most)));
  const places = rows.map((_, place) => place);
  const hover = rows.map((row) => data.models.map((each, place) =>
    `${place === state.model ? "<b>" : ""}${each.title}: ${label(scoreText(row, place))}${place === state.model ? "</b>" : ""}`).join("<br>"));
  const scores = rows.map((row) => data.models.map((_, place) => score(row, place)));
  const ranges = scores.map((each, place) => ({ place, low: Math.min(...each), high: Math.max(...each) }));
  const differing = ranges.filter((each) => each.low < each.high);
  const ends = [Math.min(0, ...scores.flat()), Math.max(0, ...scores.flat())];
  const isLarge = ends[1] - ends[0] >= 1e4; // €20k is a tick that a phone has the room for
  const axis = { tickangle: 0, gridcolor: colour("line"), zerolinecolor: colour("line"), fixedrange: true, nticks: narrow() ? 4 : 7, tickfont: { color: colour("quiet") } };
  draw("earned-chart", [
    { type: "bar", orientation: "h", y: places, x: rows.map((row) => score(row, state.model)), width: 0.62,
      marker: { color: colour("bar") }, hovertext: hover, hoverinfo: "text" },
    { type: "scatter", mode: "lines", hoverinfo: "skip", line: { color: colour("ink"), width: 1.25 },
      y: differing.flatMap((each) => [each.place, each.place, null]), x: differing.flatMap((each) => [each.low, each.high, null]) },
    { type: "scatter", mode: "markers", hoverinfo: "skip", cliponaxis: false,
      marker: { symbol: "line-ns", size: 9, line: { color: colour("ink"), width: 1.25 } },
      y: differing.flatMap((each) => [each.place, each.place]), x: differing.flatMap((each) => [each.low, each.high]) },
  ], {
    height: 46 + 34 * rows.length, margin: { l: 8, r: 12, t: 4, b: 36 }, bargap: 0.38,
    xaxis: { ...axis, range: ends.map((end) => end * 1.03), tickprefix: currencySign(), separatethousands: true, tickformat: isLarge ? "~s" : ",~f" },
    yaxis: { tickvals: places, ticktext: names, automargin: true, fixedrange: true, ticklen: 6, tickcolor: "rgba(0,0,0,0)", zeroline: false, showgrid: false },
  });
}

function currencySign() {
  if (!/^[A-Z]{3}$/.test(state.currency || "")) return "";
  const parts = new Intl.NumberFormat("en", { style: "currency", currency: state.currency }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}

// An account without forwards has no chart of none.
const HAPPENED = TYPES.filter((type) => sum(data.days[type].raw));
// Four events have four ticks and no half ones.
const wholeTicks = (events) => (Math.max(0, ...events) < 4 ? { tick0: 0, dtick: 1, range: [0, Math.max(1, ...events) * 1.04] } : { nticks: 3, rangemode: "tozero" });

function drawDays() {
  byId("days").hidden = !HAPPENED.length;
  const traces = [], axes = {}, notes = [];
  const height = 94 * HAPPENED.length, gap = 28 / height, part = (1 - gap * (HAPPENED.length - 1)) / HAPPENED.length;
  HAPPENED.forEach((type, place) => {
    const axis = place ? `y${place + 1}` : "y", top = 1 - place * (part + gap);
    const shown = daysOf(type);
    traces.push({ type: "bar", x: shown.dates, y: shown.events, yaxis: axis, width: 0.75 * 86400e3, marker: { color: colour(type) }, name: TYPE_NAMES[type],
      hovertemplate: `%{x|%a, %-d %b %Y}<br>${TYPE_NAMES[type]}: <b>%{y:,}</b><extra></extra>` });
    axes[place ? `yaxis${place + 1}` : "yaxis"] = {
      domain: [Math.max(top - part, 0), top - 16 / height], fixedrange: true, ...wholeTicks(shown.events), gridcolor: colour("line"),
      zerolinecolor: colour("line"), tickfont: { size: 11, color: colour("quiet") }, tickformat: ",d", automargin: true, ticklen: 4, tickcolor: "rgba(0,0,0,0)" };
    notes.push({ x: 0, xref: "paper", xanchor: "left", y: top, yref: "paper", yanchor: "middle", showarrow: false,
      text: `${TYPE_NAMES[type]} <span style="color:${colour("quiet")}">${count(sum(shown.events))}</span>`, font: { size: 13 } });
  });
  draw("days-chart", traces, {
    height: 50 + height, margin: { l: 8, r: 8, t: 16, b: 34 }, bargap: 0.25, annotations: notes, ...axes,
    xaxis: { type: "date", fixedrange: true, showgrid: false, anchor: HAPPENED.length > 1 ? `y${HAPPENED.length}` : "y", tickfont: { color: colour("quiet") }, nticks: narrow() ? 4 : 9, ...daysRange() },
  });
}

function daysRange() {
  const { starts_on: first, ends_on: last } = period(), day = 86400e3;
  if (!first) return { tickformat: "%b %Y" };
  const range = [Date.parse(first) - day / 2, Date.parse(last) + day / 2].map((time) => new Date(time).toISOString());
  return { range, tickformat: period().kind === "year" ? "%b" : "%-d %b" };
}

// Of one campaign since it was sent: each e-mail went to one contact. Of all campaigns in the period: contacts, each once.
function funnelSteps() {
  const chosen = state.funnel && campaigns.get(Number(state.funnel));
  if (chosen) {
    const steps = [["Sent", chosen.sent || 0], ["Delivered", chosen.delivered || 0], ["Opened", chosen.opens[state.counting]], ["Clicked", chosen.clicks[state.counting]]];
    return HAS_CONVERSIONS ? [...steps, ["Converted", creditOfAllTime(chosen.id)]] : steps;
  }
  const found = engagement();
  const steps = [["Opened", found.openers[state.counting]], ["Clicked", found.clickers[state.counting]]];
  return HAS_CONVERSIONS ? [...steps, ["Bought", found.buyers]] : steps;
}

function funnelSentence() {
  if (state.funnel) return "Shares are of what was delivered. Opens are an estimate, based on the share that ActiveCampaign verified, unless everything counts.";
  const found = engagement();
  const orders = HAS_CONVERSIONS ? ` Buyers placed ${counted(found.orders, "order")} that an e-mail earned.` : "";
  const delivered = `${count(found.delivered)} of ${counted(found.sent, "e-mail")} ${found.delivered === 1 ? "was" : "were"} delivered.`;
  return `Contacts, each counted once; shares are of those that opened. ${delivered}${orders}`
    + " What Apple's mail program opens by itself cannot be told apart and is among the opens.";
}

function drawFunnel() {
  byId("funnel").hidden = !HAS_CAMPAIGNS;
  const steps = funnelSteps(), whole = state.funnel ? steps[1][1] : steps[0][1];
  const shares = steps.map(([name, value], place) =>
    place === 0 ? "" : `\u2002<span style="color:${colour("quiet")}">${percent(value, name === "Delivered" ? steps[0][1] : whole)}</span>`);
  draw("funnel-chart", [{
    type: "bar", orientation: "h", y: steps.map(([name]) => name), x: steps.map(([, value]) => value), cliponaxis: false,
    text: steps.map(([name, value], place) => `\u2009${name === "Converted" ? conversions(value) : count(value)}${shares[place]}`),
    textposition: "outside", textfont: { size: 13 }, hoverinfo: "skip", width: 0.62,
    marker: { color: steps.map(([name]) => colour(name === "Converted" || name === "Bought" ? "accent" : name === "Opened" ? "open" : name === "Clicked" ? "click" : "faint")) },
  }], {
    height: 40 * steps.length + 16, margin: { l: 8, r: 8, t: 4, b: 8 },
    xaxis: { visible: false, fixedrange: true, range: [0, Math.max(1, ...steps.map(([, value]) => value)) * (narrow() ? 1.75 : 1.5)] },
    yaxis: { autorange: "reversed", automargin: true, fixedrange: true, ticklen: 6, tickcolor: "rgba(0,0,0,0)" },
  });
}
