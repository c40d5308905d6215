"use strict";
// Goes through the steps of a derivation: shows the current one, and in the graph what is computed by then.
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { text, phases, steps: rows, names, parts } = JSON.parse(byId("data").textContent);
  const steps = rows.map(([value, phase, label, number, edges, span, onCard]) => ({ value, phase, label, number, edges, span, onCard }));
  const letters = Array.from(text); // spans count characters
  const count = steps.length;
  const nodes = new Map(all(".node").map((node) => [node.dataset.value, node]));
  const edges = new Map(all(".edge").map((edge) => [`${edge.dataset.operand} ${edge.dataset.user}`, edge]));
  const lines = all(".lines a.line");
  const places = new Map(); // step of a value in a phase
  steps.forEach((step, k) => {
    const key = `${step.phase} ${step.value}`;
    if (!places.has(key)) places.set(key, k);
  });
  let current = -1;

  // the graph

  const place = (value, phase) => places.get(`${phase} ${value}`) ?? Infinity;

  function showNode(value, node) {
    const phase = steps[current].phase;
    const step = phase < 0 ? Infinity : place(value, phase);
    node.classList.toggle("current", value === steps[current].value);
    node.classList.toggle("ahead", place(value, -1) > current);
    node.classList.toggle("derived", step <= current);
    if (step > current) return;
    const { onCard, number } = steps[step];
    node.querySelector(".derivative .symbol").textContent = onCard;
    const shown = node.querySelector(".derivative-number");
    if (shown) shown.textContent = number === null ? "" : ` = ${number}`;
  }

  function showGraph() {
    const { value, phase, edges: used } = steps[current];
    if (parts) arrange(value);
    for (const [name, node] of nodes) {
      if (node.classList.contains("away")) node.classList.remove("current");
      else showNode(name, node);
    }
    for (const edge of edges.values()) edge.classList.remove("current", "reached");
    for (let k = current; k >= 0 && phase >= 0 && steps[k].phase === phase; k--) {
      for (const key of steps[k].edges) edges.get(key)?.classList.add("reached");
    }
    for (const key of used) edges.get(key)?.classList.add("current");
    const node = nodes.get(value);
    if (node) reveal(node, node.closest(".canvas"));
  }

  // Of a large graph only the part around one value has a place.
  let arranged = [];
  function arrange(value) {
    for (const element of arranged) element.classList.add("away");
    arranged = [];
    const spots = new Map((parts[value] ?? []).map(([name, x, y]) => [name, [x, y]]));
    const box = nodes.get(value)?.querySelector("rect");
    if (!box || spots.size === 0) return;
    const [width, height] = [Number(box.getAttribute("width")), Number(box.getAttribute("height"))];
    for (const [name, [x, y]] of spots) {
      const node = nodes.get(name);
      node.setAttribute("transform", `translate(${x} ${y})`);
      arranged.push(node);
    }
    for (const edge of edges.values()) {
      const [from, to] = [spots.get(edge.dataset.operand), spots.get(edge.dataset.user)];
      if (from && to) arranged.push(route(edge, from, to, [...spots.values()], [width, height]));
    }
    for (const element of arranged) element.classList.remove("away");
    const [xs, ys] = [0, 1].map((axis) => [...spots.values()].map((spot) => spot[axis]));
    const [left, top] = [Math.min(...xs) - width / 2 - 16, Math.min(...ys) - height / 2 - 16];
    const [right, bottom] = [Math.max(...xs) + width / 2 + 16, Math.max(...ys) + height / 2 + 16];
    const graph = document.querySelector("svg.graph");
    graph.setAttribute("viewBox", `${left} ${top} ${right - left} ${bottom - top}`);
    graph.setAttribute("width", right - left);
    graph.setAttribute("height", bottom - top);
    graph.parentElement.style.setProperty("--width", `${right - left}px`);
  }

  // An edge goes straight to the next layer; on its way to a later one it passes beside the cards between.
  function route(edge, from, to, cards, [width, height]) {
    const [[x1, y1], [x2, y2]] = [from, to];
    const between = cards.filter(([, y]) => y > y1 + height / 2 && y < y2 - height / 2);
    const beside = width / 2 + 12;
    const free = (x) => between.every(([u]) => Math.abs(x - u) >= beside - 1);
    const way = (x) => Math.abs(x - x1) + Math.abs(x - x2);
    const places = [x1, x2, ...between.flatMap(([u]) => [u - beside, u + beside])].filter(free);
    const x = places.sort((a, b) => way(a) - way(b))[0];
    const [start, end] = [y1 + height / 2, y2 - height / 2];
    const ys = between.map(([, y]) => y);
    const [top, bottom] = between.length ? [Math.min(...ys) - height / 2, Math.max(...ys) + height / 2] : [end, end];
    const curve = (u, y, v, z) => `C${u} ${(y + z) / 2} ${v} ${(y + z) / 2} ${v} ${z}`;
    const through = between.length ? `${curve(x1, start, x, top)}V${bottom}${curve(x, bottom, x2, end)}` : curve(x1, start, x2, end);
    const head = `M${x2 - 4.5} ${end - 7}L${x2} ${end - 1}L${x2 + 4.5} ${end - 7}`;
    edge.querySelector("path").setAttribute("d", `M${x1} ${start}${through}${head}`);
    const place = between.length ? [(x + x2) / 2, (bottom + end) / 2] : [(x1 + x2) / 2, (start + end) / 2];
    for (const label of all("text, rect", edge)) label.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
    return edge;
  }

  // the current step

  function reveal(element, box) {
    const [inner, outer] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
    // What is larger than the box is shown from its start.
    box.scrollTop += inner.top - outer.top - Math.max(0, outer.height - inner.height) / 2;
    box.scrollLeft += inner.left - outer.left - Math.max(0, outer.width - inner.width) / 2;
  }

  function showPanel() {
    const row = lines[current].parentElement;
    const copies = [...row.children].map((child) => child.cloneNode(true));
    const line = document.createElement("div");
    line.className = "line";
    line.append(...copies[0].childNodes);
    byId("panel").replaceChildren(line, ...copies.slice(1));
    fit();
    const failure = document.querySelector(".lines .failure");
    if (failure && current === count - 1) byId("panel").append(failure.cloneNode(true));
    const title = `Step ${current + 1} of ${count}, ${phases[steps[current].phase + 1]}`;
    byId("title").textContent = title;
    byId("said").textContent = `${title}: ${lines[current].ariaLabel ?? lines[current].textContent}`;
  }

  // A formula breaks at the signs of a sum; a term that is too long is set smaller, as long as it can be read.
  const SMALLEST = 12; // pixels
  function fit() {
    const line = document.querySelector("#panel .line");
    const forms = all(".form", line);
    const room = (form) => form.clientWidth - parseFloat(getComputedStyle(form).paddingLeft);
    const widest = (form) => Math.max(0, ...all("math", form).map((part) => part.getBoundingClientRect().width));
    const tooWide = (form) => widest(form) / room(form);
    line.classList.remove("wide");
    for (const form of forms) form.style.fontSize = "";
    line.classList.toggle("wide", forms.some((form) => tooWide(form) > 1));
    for (const form of forms) {
      const ratio = tooWide(form);
      const size = parseFloat(getComputedStyle(form).fontSize);
      if (ratio > 1) form.style.fontSize = `${Math.max(Math.min(SMALLEST, size), Math.floor(size / ratio))}px`;
    }
    for (const box of all("#panel, .formula, .formulas")) box.classList.toggle("overflowing", box.scrollWidth > box.clientWidth);
  }

  function showSource() {
    const { span } = steps[place(steps[current].value, -1)];
    const source = byId("source");
    if (!text) return;
    if (!span) return source.replaceChildren(text);
    const part = (from, to) => letters.slice(from, to).join("");
    const mark = document.createElement("mark");
    mark.textContent = part(...span);
    source.replaceChildren(part(0, span[0]), mark, part(span[1]));
    reveal(mark, source.parentElement);
  }

  function showLine(previous) {
    const focused = lines[previous] === document.activeElement;
    lines[previous]?.removeAttribute("aria-current");
    lines[previous]?.setAttribute("tabindex", "-1");
    lines[current].setAttribute("aria-current", "step");
    lines[current].removeAttribute("tabindex");
    if (focused) lines[current].focus({ preventScroll: true });
    reveal(lines[current].parentElement, document.querySelector(".lines"));
  }

  function go(step) {
    const next = Math.min(Math.max(step, 0), count - 1);
    if (next === current) return;
    const previous = current;
    current = next;
    byId("slider").value = current + 1;
    byId("slider").setAttribute("aria-valuetext", `step ${current + 1} of ${count}: ${steps[current].label}`);
    byId("count").textContent = `step ${current + 1} of ${count}`;
    history.replaceState(null, "", `#step-${current + 1}`);
    showLine(previous);
    showPanel();
    showSource();
    showGraph();
  }

  // A value's step is the one of the sweep that is shown, if the value has one there.
  function goToValue(value) {
    const { phase } = steps[current];
    const step = place(value, phase) < Infinity ? place(value, phase) : place(value, -1);
    if (step < Infinity) go(step);
    return step < Infinity;
  }

  // what moves

  const fromHash = () => Number(/^#step-(\d+)$/.exec(location.hash)?.[1] ?? NaN) - 1;
  const moves = { first: () => 0, back: () => current - 1, next: () => current + 1, last: () => count - 1 };
  const keys = { Home: "first", ArrowLeft: "back", ArrowRight: "next", End: "last" };
  for (const [id, move] of Object.entries(moves)) byId(id).addEventListener("click", () => go(move()));
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value) - 1));
  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.closest("input, [role=group][tabindex], pre");
    if (busy || !(event.key in keys)) return;
    event.preventDefault();
    go(moves[keys[event.key]]());
  });
  lines.forEach((line, k) => {
    line.parentElement.removeAttribute("id"); // an address with a step shows the panel, not the place in the list
    line.setAttribute("tabindex", "-1");
    line.addEventListener("click", (event) => {
      event.preventDefault();
      go(k);
    });
  });
  for (const [value, node] of nodes) {
    node.addEventListener("mousedown", (event) => event.preventDefault()); // the focus, and with it the keys, stay
    node.addEventListener("click", () => goToValue(value));
  }
  addEventListener("resize", fit);
  addEventListener("hashchange", () => Number.isNaN(fromHash()) || go(fromHash()));

  for (const input of all("input[name=show]")) {
    const show = () => {
      if (!input.checked) return;
      document.body.dataset.show = input.value;
      if (current >= 0) fit();
    };
    input.addEventListener("change", show);
    show();
  }

  document.querySelector(".chooser")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId("around").value.trim();
    const value = names[name] ?? names[name.toLowerCase()] ?? name;
    const output = event.target.querySelector("output");
    output.textContent = goToValue(value) ? "" : `${name || "An empty name"} is not a value of this formula.`;
  });

  byId("copy")?.addEventListener("click", async (event) => {
    const button = event.target;
    try {
      await navigator.clipboard.writeText(byId("code").textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });

  document.documentElement.classList.add("scripted");
  document.querySelector(".current-step").hidden = false;
  go(Number.isNaN(fromHash()) ? 0 : fromHash());
  scrollTo(0, 0);
})();
