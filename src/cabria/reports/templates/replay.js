"use strict";
// The map of a run. What is drawn comes from #replay-data, as reports/simulation/replay.py packs it.
(async () => {
  const byId = (name) => document.getElementById("replay-" + name);
  const packed = Uint8Array.from(atob(byId("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const run = JSON.parse(await new Response(stream).text());
  const canvas = byId("map"), slider = byId("slider"), play = byId("play"), speed = byId("speed");
  const TENTH = 0.1, TRUCK = 160, WIDTH = 28; // decimetres

  const sums = (differences) => { let sum = 0; return differences.map((d) => (sum += d)); };
  // The number of times that are not after t.
  const count = (times, t) => {
    let low = 0, high = times.length;
    while (low < high) { const middle = (low + high) >> 1; if (times[middle] <= t) low = middle + 1; else high = middle; }
    return low;
  };
  const within = (spans, t) => (spans || []).find(([from, until]) => from <= t && (until === null || t < until));

  // Ground: each segment with its length along the drawn points.
  const segments = run.ground.segments.map((segment) => {
    const points = [];
    for (let i = 0; i < segment.p.length; i += 2) points.push([segment.p[i], segment.p[i + 1]]);
    const ends = [0];
    for (let i = 1; i < points.length; i++) ends.push(ends[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
    return { points, ends, kind: segment.k, next: segment.n, whole: ends[ends.length - 1], tenths: segment.l / segment.v / TENTH };
  });
  const along = (segment, at) => {
    const { points, ends } = segment;
    let i = 1;
    while (i < points.length - 1 && ends[i] < at) i++;
    const share = ends[i] > ends[i - 1] ? (at - ends[i - 1]) / (ends[i] - ends[i - 1]) : 0;
    return [points[i - 1][0] + (points[i][0] - points[i - 1][0]) * share, points[i - 1][1] + (points[i][1] - points[i - 1][1]) * share];
  };

  for (const truck of run.trucks) {
    truck.times = sums(truck.t);
    truck.loadTimes = sums(truck.lt);
    let place = 0, here = 0;
    truck.keys = truck.w.map((way, i) => {
      if (way === -2) { here = truck.p[place++]; return [here, truck.p[place++] / 1000]; }
      if (way === -1) return [here, null];
      here = segments[here].next[way];
      return [here, 0];
    });
    // Where a truck rests in a segment is told once, as it is the same for all.
    truck.keys.forEach((key, i) => { if (key[1] === null) key[1] = run.ground.rest[key[0]] / 1000; });
  }
  for (const crane of [...run.quay, ...run.yard]) {
    crane.lifts = sums(crane.h);
    crane.landings = sums(crane.n);
    let boxes = 0;
    crane.total = crane.nn.map((n) => (boxes += n));
  }
  run.ground.runways.forEach((runway) => {
    for (const crane of run.yard) if (crane.name in runway.cranes) { crane.runway = runway; crane.x = runway.cranes[crane.name]; }
  });
  const blocks = run.blocks, blockTimes = sums(blocks.t);
  let applied = 0;
  const cells = (bay) => (bay % 2 ? [(bay - 1) / 2] : [bay / 2 - 1, bay / 2]);
  const stockAt = (t) => {
    const wanted = count(blockTimes, t);
    const change = (i, sign) => {
      const signed = blocks.s[i] * sign;
      for (const cell of cells(Math.abs(signed))) if (cell in blocks.stock[blocks.b[i]]) blocks.stock[blocks.b[i]][cell] += Math.sign(signed);
    };
    while (applied < wanted) change(applied++, 1);
    while (applied > wanted) change(--applied, -1);
    return blocks.stock;
  };

  // A truck's front and tail at a time, or null when it is not there.
  const truckAt = (truck, t) => {
    const i = count(truck.times, t) - 1;
    if (i < 0 || (truck.until !== undefined && t >= truck.until)) return null;
    const [number, from] = truck.keys[i], segment = segments[number], later = truck.keys[i + 1];
    let share = from;
    if (later) {
      const to = later[0] === number ? later[1] : 1, span = truck.times[i + 1] - truck.times[i];
      const needed = Math.min(span, (to - from) * segment.tenths);
      share = needed > 0 ? from + (to - from) * Math.min(1, (t - truck.times[i]) / needed) : to;
    }
    const at = share * segment.whole, front = along(segment, at);
    let tail = along(segment, Math.max(0, at - TRUCK)), behind = TRUCK - at, passed = number;
    for (let j = i - 1; j >= 0 && behind > 0; j--) {
      if (truck.keys[j][0] === passed) continue;
      passed = truck.keys[j][0];
      tail = along(segments[passed], Math.max(0, segments[passed].whole - behind));
      behind -= segments[passed].whole;
    }
    return { front, tail, segment: number, moves: later !== undefined && t - truck.times[i] < (later ? segment.tenths : 0) };
  };
  const craneAt = (crane, t) => {
    let x = crane.x;
    for (let low = 0, high = crane.t.length - 1; low <= high;) {
      const middle = (low + high) >> 1, [from, until, start, end] = crane.t[middle];
      if (from > t) { if (middle === 0) x = start; high = middle - 1; continue; }
      x = t >= until ? end : start + ((end - start) * (t - from)) / (until - from || 1);
      low = middle + 1;
    }
    return x / 100;
  };

  // From decimetres on the ground to pixels: y runs inland, so up.
  const edge = { x: [Infinity, -Infinity], y: [-900, -Infinity] };
  for (const { points } of segments) for (const [x, y] of points) {
    edge.x = [Math.min(edge.x[0], x), Math.max(edge.x[1], x)];
    edge.y = [Math.min(edge.y[0], y), Math.max(edge.y[1], y)];
  }
  edge.x = [Math.min(0, edge.x[0]) - 150, Math.max(run.ground.quay, edge.x[1]) + 150];
  edge.y[1] += 150;
  let view = null, ground = null, now = 0, isPlaying = false, last = 0;
  const style = () => getComputedStyle(document.documentElement);
  let colours = {};
  const readColours = () => {
    const read = style();
    for (const name of ["sea", "plot", "full", "lane", "transfer", "machine", "waits", "ship", "empty-truck", "loaded-truck", "road-truck", "bad", "ink", "soft", "paper", "line"])
      colours[name] = read.getPropertyValue("--" + name).trim();
  };
  const fit = () => {
    const wide = (edge.y[1] - edge.y[0]) / (edge.x[1] - edge.x[0]);
    canvas.style.height = `${Math.round(Math.max(320, Math.min(720, canvas.clientWidth * wide)))}px`;
    const ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(box.width * ratio));
    canvas.height = Math.max(1, Math.round(box.height * ratio));
    const scale = Math.min(canvas.width / (edge.x[1] - edge.x[0]), canvas.height / (edge.y[1] - edge.y[0]));
    return { scale, x: (edge.x[0] + edge.x[1]) / 2, y: (edge.y[0] + edge.y[1]) / 2, least: scale };
  };
  const px = ([x, y]) => [canvas.width / 2 + (x - view.x) * view.scale, canvas.height / 2 - (y - view.y) * view.scale];
  const path = (pen, points) => {
    points.forEach((point, i) => { const [x, y] = px(point); if (i) pen.lineTo(x, y); else pen.moveTo(x, y); });
  };
  const box = (pen, x, y, width, depth) => { const [left, top] = px([x, y + depth]); pen.rect(left, top, width * view.scale, depth * view.scale); };

  const drawGround = () => {
    ground = document.createElement("canvas");
    ground.width = canvas.width; ground.height = canvas.height;
    const pen = ground.getContext("2d");
    pen.fillStyle = colours.paper; pen.fillRect(0, 0, ground.width, ground.height);
    pen.fillStyle = colours.sea; pen.beginPath(); box(pen, edge.x[0] - 1e5, -1e5, 3e5, 1e5); pen.fill();
    pen.strokeStyle = colours.ink; pen.lineWidth = 2; pen.beginPath(); path(pen, [[0, 0], [run.ground.quay, 0]]); pen.stroke();
    for (const [colour, wanted] of [["lane", (kind) => kind !== 2], ["transfer", (kind) => kind === 2]]) {
      pen.strokeStyle = colours[colour]; pen.lineWidth = Math.max(0.6, 8 * view.scale); pen.beginPath();
      for (const segment of segments) if (wanted(segment.kind)) path(pen, segment.points);
      pen.stroke();
    }
    pen.strokeStyle = colours.soft; pen.lineWidth = 1; pen.setLineDash([6, 4]); pen.beginPath();
    const [waterside, gauge] = run.ground.rail;
    for (const y of [waterside, waterside + gauge]) path(pen, [[0, y], [run.ground.quay, y]]);
    pen.stroke();
  };
  const mixed = (share) => `color-mix(in srgb, ${colours.full} ${Math.round(100 * Math.min(1, share))}%, ${colours.plot})`;
  const shades = [];
  const drawBlocks = (pen, t) => {
    const stock = stockAt(t);
    run.ground.blocks.forEach((block, number) => {
      for (let bay = 0; bay < block.bays; bay++) {
        pen.fillStyle = shades[Math.round((20 * stock[number][bay]) / block.room)] || shades[20];
        pen.beginPath();
        if (block.along) box(pen, block.x + bay * block.bay, block.y, block.bay, block.across);
        else box(pen, block.x, block.y + bay * block.bay, block.across, block.bay);
        pen.fill();
      }
      pen.strokeStyle = colours.soft; pen.lineWidth = 1; pen.beginPath();
      const length = block.bays * block.bay;
      box(pen, block.x, block.y, block.along ? length : block.across, block.along ? block.across : length);
      pen.stroke();
      word(pen, block.name, [block.x + (block.along ? length : block.across) / 2, block.y + (block.along ? block.across : length) / 2], 130);
    });
  };
  const word = (pen, words, at, size) => {
    const letter = Math.min(18, Math.max(size * view.scale, 9));
    const [x, y] = px(at);
    pen.font = `600 ${letter}px system-ui, sans-serif`; pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.lineWidth = 3; pen.strokeStyle = colours.paper; pen.strokeText(words, x, y);
    pen.fillStyle = colours.ink; pen.fillText(words, x, y);
  };
  const drawShips = (pen, t) => {
    for (const ship of run.ships) {
      if (t < ship.at || (ship.until !== null && t >= ship.until)) continue;
      const length = ship.length / 100, bow = ship.x / 100, sign = ship.forward ? -1 : 1, stern = bow + sign * length, beam = 480, off = -40;
      pen.fillStyle = colours.ship; pen.beginPath();
      path(pen, [[stern, off], [bow + sign * 250, off], [bow, off - beam / 2], [bow + sign * 250, off - beam], [stern, off - beam]]);
      pen.closePath(); pen.fill();
      word(pen, ship.name, [(bow + stern) / 2, off - beam / 2], 130);
    }
  };
  const REST = 9000; // a quarter of an hour: a crane that lifts nothing for so long, before and after, has no work
  const stateOf = (crane, t) => {
    if (within(crane.stops, t)) return "bad";
    if (within(crane.waits, t)) return "waits";
    const i = count(crane.lifts, t), before = crane.lifts[i - 1], after = crane.lifts[i];
    return i % 2 || t - before < REST || after - t < REST ? "machine" : "soft";
  };
  const drawCranes = (pen, t) => {
    const [waterside, gauge, width, back] = run.ground.rail;
    for (const crane of run.quay) {
      const x = craneAt(crane, t);
      pen.strokeStyle = pen.fillStyle = colours[stateOf(crane, t)];
      pen.lineWidth = Math.max(1.5, 30 * view.scale); pen.beginPath(); path(pen, [[x, -560], [x, waterside + gauge + back]]); pen.stroke();
      pen.lineWidth = Math.max(1, 12 * view.scale); pen.beginPath(); box(pen, x - width / 2, waterside, width, gauge); pen.stroke();
      if (count(crane.lifts, t) % 2) { pen.beginPath(); box(pen, x - 60, -40, 120, 60); pen.fill(); }
      word(pen, crane.name, [x, -700], 110);
    }
    for (const crane of run.yard) {
      if (!crane.runway) continue;
      const block = run.ground.blocks[crane.runway.block], at = craneAt(crane, t), half = crane.runway.length / 2, reach = crane.runway.reach * 0.75;
      pen.strokeStyle = colours[stateOf(crane, t)]; pen.lineWidth = Math.max(1.2, 14 * view.scale); pen.beginPath();
      if (block.along) box(pen, block.x + at - half, block.y - reach, 2 * half, block.across + 2 * reach);
      else box(pen, block.x - reach, block.y + at - half, block.across + 2 * reach, 2 * half);
      pen.stroke();
      if (count(crane.lifts, t) % 2) { pen.globalAlpha = 0.35; pen.fillStyle = pen.strokeStyle; pen.fill(); pen.globalAlpha = 1; }
    }
  };
  const tally = {};
  const drawTrucks = (pen, t) => {
    Object.assign(tally, { empty: 0, loaded: 0, resting: 0, stopped: 0, visitors: 0 });
    pen.lineCap = "butt"; pen.lineWidth = Math.max(3.2, WIDTH * view.scale);
    for (const truck of run.trucks) {
      const place = truckAt(truck, t);
      if (!place) continue;
      const boxes = truck.ln[count(truck.loadTimes, t) - 1] || 0, isStopped = within(truck.stops, t);
      pen.strokeStyle = colours[isStopped ? "bad" : truck.visitor ? "road-truck" : boxes ? "loaded-truck" : "empty-truck"];
      pen.beginPath(); path(pen, [place.tail, place.front]); pen.stroke();
      if (truck.visitor) tally.visitors++;
      else if (isStopped) tally.stopped++;
      else if (!place.moves) tally.resting++;
      else tally[boxes ? "loaded" : "empty"]++;
    }
  };
  const clock = (t) => {
    const seconds = Math.floor((t + run.from) * TENTH), hours = Math.floor(seconds / 3600);
    const two = (n) => String(n).padStart(2, "0");
    return (hours >= 48 ? `day ${Math.floor(hours / 24) + 1} ${two(hours % 24)}` : hours) + `:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  const facts = byId("facts");
  const rows = ["Moves over the quay", "Trucks", "Road trucks", "Quay cranes"].map((name) => {
    const row = facts.insertRow(); row.insertCell().textContent = name; return row.insertCell();
  });
  const tell = (t) => {
    const moves = run.quay.reduce((sum, crane) => sum + (crane.total[count(crane.landings, t) - 1] || 0), 0);
    const said = [
      moves.toLocaleString("en"),
      `${tally.loaded} drive with a box, ${tally.empty} empty, ${tally.resting} stand${tally.stopped ? `, ${tally.stopped} out of service` : ""}`,
      String(tally.visitors),
      run.quay.map((crane) => {
        const wait = within(crane.waits, t);
        return `${crane.name}: ${within(crane.stops, t) ? "out of service" : wait ? "waits, " + run.causes[wait[2]] : count(crane.lifts, t) % 2 ? "has a box" : stateOf(crane, t) === "soft" ? "no work" : "works"}`;
      }).join(" · "),
    ];
    rows.forEach((cell, i) => { if (cell.textContent !== said[i]) cell.textContent = said[i]; });
    canvas.dataset.moves = moves;
  };
  const draw = () => {
    if (!view) return;
    if (!ground) drawGround();
    const pen = canvas.getContext("2d");
    pen.drawImage(ground, 0, 0);
    drawBlocks(pen, now); drawShips(pen, now); drawTrucks(pen, now); drawCranes(pen, now);
    tell(now);
    byId("clock").textContent = clock(now);
    slider.value = Math.round(now * TENTH);
    slider.setAttribute("aria-valuetext", clock(now));
  };
  const go = (t) => { now = Math.max(0, Math.min(run.length, t)); draw(); };
  const setPlaying = (wanted) => {
    isPlaying = wanted && run.length > 0;
    if (isPlaying && now >= run.length) now = 0;
    play.textContent = isPlaying ? "Pause" : "Play";
    play.setAttribute("aria-pressed", isPlaying);
    last = performance.now();
    if (isPlaying) requestAnimationFrame(tick);
  };
  const tick = (at) => {
    if (!isPlaying) return;
    go(now + (Math.max(0, at - last) / 1000 / TENTH) * Number(speed.value));
    last = at;
    if (now >= run.length) setPlaying(false); else requestAnimationFrame(tick);
  };
  const zoom = (factor, at) => {
    const scale = Math.max(view.least, Math.min(40 * view.least, view.scale * factor)), [x, y] = at || [canvas.width / 2, canvas.height / 2];
    const gx = view.x + (x - canvas.width / 2) / view.scale, gy = view.y - (y - canvas.height / 2) / view.scale;
    view = { ...view, scale, x: gx - (x - canvas.width / 2) / scale, y: gy + (y - canvas.height / 2) / scale };
    ground = null; draw();
  };
  const faster = (step) => { speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + step)); };
  const begin = () => {
    readColours();
    for (let i = 0; i <= 20; i++) shades[i] = mixed(i / 20);
    view = fit(); ground = null; draw();
  };

  slider.max = Math.floor(run.length * TENTH);
  slider.addEventListener("input", () => go(Number(slider.value) / TENTH));
  play.addEventListener("click", () => setPlaying(!isPlaying));
  byId("back").addEventListener("click", () => go(now - 600));
  byId("on").addEventListener("click", () => go(now + 600));
  byId("nearer").addEventListener("click", () => zoom(1.6));
  byId("further").addEventListener("click", () => zoom(1 / 1.6));
  byId("whole").addEventListener("click", begin);
  canvas.addEventListener("keydown", (event) => {
    const minutes = event.shiftKey ? 10 : 1;
    const keys = {
      " ": () => setPlaying(!isPlaying), ArrowRight: () => go(now + 600 * minutes), ArrowLeft: () => go(now - 600 * minutes),
      "+": () => faster(1), "-": () => faster(-1), Home: () => go(0), End: () => go(run.length),
    };
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
    event.preventDefault(); keys[event.key]();
  });
  const at = (event) => { const r = canvas.getBoundingClientRect(), k = canvas.width / r.width; return [(event.clientX - r.left) * k, (event.clientY - r.top) * k]; };
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // a page that scrolls by is not caught
    event.preventDefault(); zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, at(event));
  }, { passive: false });
  let held = null;
  canvas.addEventListener("pointerdown", (event) => { held = at(event); canvas.setPointerCapture(event.pointerId); canvas.focus({ preventScroll: true }); });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = at(event);
    view = { ...view, x: view.x - (x - held[0]) / view.scale, y: view.y + (y - held[1]) / view.scale };
    held = [x, y]; ground = null; draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = null; });
  new ResizeObserver(begin).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", begin);
  canvas.truckAt = (name, seconds) => { const truck = run.trucks.find((each) => each.name === name); return truck ? truckAt(truck, seconds / TENTH) : null; };
  begin();
  canvas.dataset.ready = "yes";
})();
