// Every table as a CSV file: all of its rows, and numbers as they are.
function csvCell(cell) {
  if (cell.dataset.csv !== undefined) return cell.dataset.csv;
  const text = (cell.dataset.name ?? cell.textContent).replace(/[\u2068\u2069]/g, "").trim();
  // A spreadsheet would run a name that begins like a formula.
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text === NOTHING ? "" : text;
}

const csvField = (text) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

function csvOf(element) {
  const rows = [element.tHead.rows[element.tHead.rows.length - 1], ...element.tBodies[0].rows];
  return rows.map((row) => [...row.cells].map((cell) => csvField(csvCell(cell))).join(",")).join("\r\n");
}

function download(name, text) {
  // The mark at its start tells spreadsheets that the file is UTF-8.
  const url = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: "text/csv;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60e3);
}

const fileName = (title) => `${[data.account, title, state.period].join("-").toLowerCase().replace(/[^a-z0-9]+/g, "-")}.csv`;

// A table by the name of its place: `build(true)` has all rows, `build(false)` those that are shown at first.
const tables = {};
function drawTable(name, build, nothing) {
  tables[name] = build;
  const { element, all, shown } = build(Boolean(state.all[name]) || printing);
  const is = Boolean(state.all[name]);
  fill(`${name}-rows`, element ?? h("p", { class: "quiet" }, nothing));
  fill(`${name}-more`,
    element && all > shown(false) ? h("button", { type: "button", class: "more", onclick: () => { state.all[name] = !is; render(); } },
      is ? `Show the first ${shown(false)}` : `Show all ${count(all)}`) : null,
    element ? h("button", { type: "button", class: "more csv", "data-table": name, onclick: () => download(fileName(name), csvOf(tables[name](true).element)) }, "Download CSV") : null);
}

// What `drawTable` builds: some rows at first, fewer on a phone, or all.
function rowsTable(headings, rows, draw, { most = 10, id, kind = "", extra = [] }) {
  const shown = (everything) => (everything ? rows.length : narrow() ? Math.min(most, 5) : most);
  return (everything) => ({
    all: rows.length, shown,
    element: rows.length || extra.length ? table(headings, [...rows.slice(0, shown(everything)).map(draw), ...extra], { id, class: kind }) : null,
  });
}
