"use strict";

// The page holds nothing of its own: all that it shows it asks of the routes beside it.
const BASE = location.pathname.replace(/ui\/?$/, "");
const MOST_ROWS = 500;
const entries = [];
const rules = new Map(); // those that were turned off are kept here, and nowhere else
let stream = null;
let paused = false;

const find = (id) => document.getElementById(id);
const say = (text) => { find("message").textContent = text; };

function headers() {
  const found = { "X-Mock-Namespace": find("namespace").value || "default" };
  if (find("token").value) found.Authorization = `Bearer ${find("token").value}`;
  return found;
}

async function ask(method, path, body) {
  const options = { method, headers: headers() };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(BASE + path, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail || `status ${answer.status}`);
  return told;
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function button(text, action) {
  const made = element("button", text, { type: "button" });
  made.addEventListener("click", () => attempt(action));
  return made;
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    say(error.message);
  }
}

// Journal

function row(entry) {
  const line = element("tr");
  const kind = entry.status >= 400 ? "bad" : "good";
  line.append(
    element("td", entry.number),
    element("td", entry.at.slice(11, 23)),
    element("td", entry.operation),
    element("td", entry.status, { class: kind }),
    element("td", entry.duration_ms.toFixed(1)),
    element("td", entry.model || ""),
    element("td", [...entry.faults, entry.override].filter(Boolean).join(", ")),
  );
  const cell = element("td");
  cell.append(button(entry.request_id, () => detail(entry.request_id)));
  line.append(cell);
  return line;
}

function draw() {
  const wanted = find("filter").value.toLowerCase();
  const said = (entry) =>
    `${entry.operation} ${entry.status} ${entry.method} ${entry.path} ${entry.request_id} ${entry.faults}`;
  const chosen = entries.filter((entry) => said(entry).toLowerCase().includes(wanted));
  find("entries").replaceChildren(...chosen.map(row).reverse());
  find("count").textContent = `${chosen.length} of ${entries.length}`;
}

function keep(entry) {
  if (entries.some((one) => one.number === entry.number)) return;
  entries.push(entry);
  if (entries.length > MOST_ROWS) entries.shift();
}

async function detail(requestId) {
  const entry = await ask("GET", `requests/${encodeURIComponent(requestId)}`);
  find("detail-title").textContent = `${entry.operation} ${entry.status}`;
  find("detail-text").textContent = JSON.stringify(entry, null, 2);
  find("detail").showModal();
}

async function readJournal() {
  entries.length = 0;
  let query = "?limit=100";
  for (;;) {
    const page = await ask("GET", `requests${query}`);
    page.data.forEach(keep);
    if (!page.has_more) break;
    query = `?limit=100&cursor=${page.next_cursor}`;
  }
  draw();
}

function connected(yes) {
  find("live").textContent = yes ? "live" : "not connected";
  find("live").className = yes ? "on" : "off";
}

async function follow() {
  if (stream) stream.abort();
  const mine = (stream = new AbortController());
  try {
    // EventSource sends no headers, and so could show no token.
    const answer = await fetch(BASE + "events", { headers: headers(), signal: mine.signal });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    connected(true);
    await readJournal();
    await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
  } catch (error) {
    if (mine.signal.aborted) return;
    say(error.message);
  }
  connected(false);
}

async function read(reader) {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const [kind, data] = event.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
      if (kind === "request") keep(JSON.parse(data));
    }
    if (!paused && events.length) draw();
  }
}

// Clock

function showClock(clock) {
  const ahead = clock.frozen ? "stands still" : `runs, ${Math.round(clock.ahead_s)} s ahead`;
  find("time").textContent = `${clock.now} (${ahead})`;
}

async function steer(change) {
  showClock(await ask("PUT", "clock", change));
}

// Faults

function drawRules() {
  find("faults").replaceChildren(
    ...[...rules.values()].map((one) => {
      const item = element("li");
      const label = element("label");
      const box = element("input", undefined, { type: "checkbox" });
      box.checked = one.on;
      box.addEventListener("change", () => attempt(() => turn(one, box.checked)));
      const about = one.rule.match.operation || "all operations";
      label.append(box, ` ${one.rule.fault.kind} on ${about}, ${one.hit} hit `);
      label.append(element("code", one.id));
      item.append(label, button("Delete", () => forget(one)));
      return item;
    }),
  );
}

async function readRules() {
  for (const one of rules.values()) one.on = false;
  for (const one of (await ask("GET", "faults")).data) rules.set(one.id, { ...one, on: true });
  drawRules();
}

async function turn(one, on) {
  if (on) await ask("POST", "faults", { ...one.rule, id: one.id });
  else await ask("DELETE", `faults/${one.id}`);
  await readRules();
}

async function forget(one) {
  if (one.on) await ask("DELETE", `faults/${one.id}`);
  rules.delete(one.id);
  await readRules();
}

async function addRule() {
  const more = find("fields").value.trim();
  const rule = { fault: { kind: find("kind").value, ...(more ? JSON.parse(more) : {}) } };
  if (find("operation").value) rule.match = { operation: find("operation").value };
  if (find("times").value) rule.times = Number(find("times").value);
  await ask("POST", "faults", rule);
  say(`${rule.fault.kind} is on.`);
  await readRules();
}

// Namespaces and models

async function readSpaces() {
  const spaces = (await ask("GET", "namespaces")).data;
  find("namespaces").replaceChildren(
    ...spaces.map((space) => element("option", undefined, { value: space.name })),
  );
  find("spaces").replaceChildren(
    ...spaces.map((space) => {
      const seed = space.seed === null ? "no seed" : `seed ${space.seed}`;
      const item = element("li", `${space.name}: ${seed}, ${space.requests_under_way} under way`);
      item.append(button(`Show ${space.name}`, () => enter(space.name)));
      if (!space.stays) item.append(button(`Drop ${space.name}`, () => drop(space.name)));
      return item;
    }),
  );
}

async function drop(name) {
  await ask("DELETE", `namespaces/${name}`);
  if (find("namespace").value === name) await enter("default");
  else await readSpaces();
}

async function enter(name) {
  find("namespace").value = name;
  await start();
}

function options(id, names) {
  find(id).replaceChildren(...names.map((name) => element("option", name, { value: name })));
}

async function start() {
  rules.clear();
  say("");
  const able = await ask("GET", "capabilities");
  const version = await ask("GET", "version");
  find("server").textContent = `version ${version.version}, engine ${able.engine}`;
  find("models").replaceChildren(...able.models.map((model) => element("li", model)));
  options("kind", able.faults);
  options("operations", able.operations);
  showClock(await ask("GET", "clock"));
  await readRules();
  await readSpaces();
  follow();
}

const on = (id, event, action) => find(id).addEventListener(event, () => attempt(action));
on("namespace", "change", start);
on("token", "change", start);
on("filter", "input", draw);
on("freeze", "click", () => steer({ action: "freeze" }));
on("resume", "click", () => steer({ action: "resume" }));
on("advance", "click", () => steer({ action: "advance", by_s: Number(find("seconds").value) }));
on("add-fault", "click", addRule);
on("close", "click", () => find("detail").close());
on("clear", "click", async () => {
  await ask("DELETE", "requests");
  await readJournal();
});
on("pause", "click", () => {
  paused = !paused;
  find("pause").setAttribute("aria-pressed", String(paused));
  find("pause").textContent = paused ? "Go on" : "Pause";
  if (!paused) draw();
});
attempt(start);
