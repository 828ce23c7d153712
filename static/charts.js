// Draws the charts of a page with ECharts. The server makes the option of each; colours, functions and what depends on
// the size of the page are put in here. What is selected in a chart is entered in the fields of its data table.
(() => {
  "use strict";

  const root = document.documentElement;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const locale = root.lang || undefined;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const contrast = matchMedia("(prefers-contrast: more)");
  const coarse = matchMedia("(pointer: coarse)");
  const isRtl = () => getComputedStyle(root).direction === "rtl";

  // ---- Which charts are drawn, and when ----

  /** What is drawn, by the element that holds the canvas: the chart, and the model it was drawn from. */
  const drawn = new Map();
  let library;

  const visible = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        visible.unobserve(target);
        draw(target);
      }
    }
  }, { rootMargin: "200px" });

  const resized = new ResizeObserver(entries => entries.forEach(({ target }) => {
    const known = drawn.get(target);
    if (!known || !target.clientWidth) return;
    // Labels and small charts are laid out for the width.
    if (known.width !== target.clientWidth && (known.model.facets || known.isNarrow !== isNarrow(target))) show(target, known);
    known.width = target.clientWidth;
    known.chart.resize();
  }));

  document.addEventListener("appspec:equip", ({ target }) => equip(target));

  function equip(element) {
    const figures = all(".chart", element);
    const inside = element.closest?.(".chart");
    if (inside) figures.push(inside);
    for (const [canvas, { chart }] of drawn) {
      if (!canvas.isConnected) {
        chart.dispose();
        drawn.delete(canvas);
      }
    }
    figures.forEach(figure => visible.observe(figure));
  }

  function load() {
    library ??= new Promise(resolve => {
      const script = document.createElement("script");
      script.src = root.dataset.charts;
      script.onload = () => resolve(true);
      script.onerror = () => {
        script.remove();
        library = undefined;
        resolve(false);
      };
      document.head.append(script);
    });
    return library;
  }

  /** The outlines of countries, once a chart asks for them. */
  let outlines;

  async function loadMap() {
    outlines ??= fetch(root.dataset.countries).then(answer => answer.json()).then(topology => {
      echarts.registerMap("world", areas(topology));
      return true;
    }).catch(() => {
      outlines = undefined;
      return false;
    });
    return outlines;
  }

  /** The countries of a topology as features: arcs are shared between neighbours, and given as steps from place to place. */
  function areas({ arcs, transform: { scale, translate }, objects: { countries } }) {
    const lines = arcs.map(arc => {
      const line = [];
      for (let at = 0, x = 0, y = 0; at < arc.length; at += 2) {
        line.push([(x += arc[at]) * scale[0] + translate[0], (y += arc[at + 1]) * scale[1] + translate[1]]);
      }
      return line;
    });
    const joined = steps => steps.flatMap((step, at) => {
      const line = step < 0 ? [...lines[~step]].reverse() : lines[step];
      return at ? line.slice(1) : line;
    });
    // What crosses the edge of the map goes on beyond it, and does not come back at the other side.
    const ring = steps => {
      let before = null;
      return joined(steps).map(([x, y]) => {
        if (before !== null) x -= 360 * Math.round((x - before) / 360);
        before = x;
        return [x, y];
      });
    };
    const features = countries.geometries.map(({ type, arcs, properties }) => ({
      type: "Feature",
      properties,
      geometry: { type, coordinates: type === "Polygon" ? arcs.map(ring) : arcs.map(polygon => polygon.map(ring)) },
    }));
    return { type: "FeatureCollection", features };
  }

  async function draw(figure) {
    const source = find("script", figure);
    if (!(await load()) || (source?.textContent.includes('"map":true') && !(await loadMap()))) {
      // The server is away for a moment.
      if (figure.isConnected) setTimeout(draw, 2000, figure);
      return;
    }
    const canvas = find(".chart-canvas", figure);
    if (!canvas?.isConnected || !source) return;
    let known = drawn.get(canvas);
    if (known?.text === source.textContent) return;
    if (!known) {
      known = { figure };
      drawn.set(canvas, known);
    }
    known.text = source.textContent;
    known.model = JSON.parse(source.textContent);
    show(canvas, known);
  }

  const isNarrow = canvas => canvas.clientWidth < 420;

  function show(canvas, known, isStill = false) {
    const { model, figure } = known;
    known.width = canvas.clientWidth;
    known.isNarrow = isNarrow(canvas);
    const places = layout(model, canvas);
    if (places.height) canvas.style.height = `${places.height}px`;
    if (!known.chart) {
      known.chart = echarts.init(canvas, null, { renderer: "canvas" });
      resized.observe(canvas);
      listen(known, figure);
    }
    const option = themed(model, places, known);
    if (isStill) option.animation = false;
    known.chart.setOption(option, { replaceMerge: ["series", "xAxis", "yAxis", "grid", "title"] });
    if (places.zooms) {
      known.chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
    }
    if (places.brushes) {
      const brushOption = { brushType: "lineX", brushMode: "single" };
      known.chart.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption });
    }
    offerReset(known);
  }

  /** What happens in a chart: parts of it are zoomed into by dragging, and all is shown again by the button. */
  function listen(known, figure) {
    const { chart } = known;
    // The zoom of the mouse is no part of the option: what happens to it says where it stands.
    chart.on("datazoom", event => {
      const isZoomed = !(event.batch ?? [event]).every(({ start, end }) => start === 0 && end === 100);
      // Between the moments that are named of all, others are.
      if (isZoomed !== Boolean(known.isZoomed)) setTimeout(() => show(chart.getDom(), known, true));
      known.isZoomed = isZoomed;
      offerReset(known);
    });
    const reset = () => chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 });
    chart.getZr().on("dblclick", reset);
    chart.on("click", params => { known.mark = params; });
    // Which mark was clicked is told after where the click was.
    chart.getZr().on("click", event => setTimeout(() => known.model.select && select(known, clicked(known, event))));
    chart.on("brushEnd", ({ areas }) => {
      if (areas.length) select(known, dragged(known, areas[0].coordRange));
      chart.dispatchAction({ type: "brush", areas: [] });
    });
    find(".chart-reset", figure)?.addEventListener("click", reset);
  }

  for (const query of [matchMedia("(prefers-color-scheme: dark)"), still, contrast]) {
    query.addEventListener("change", () => {
      shades.clear();
      drawn.forEach((known, canvas) => show(canvas, known));
    });
  }

  // A canvas does not draw its words again by itself when their font is there.
  document.fonts.addEventListener("loadingdone", () => drawn.forEach((known, canvas) => show(canvas, known)));

  // Paper is white, whatever the screen is, and does not wait.
  const onPaper = is => {
    root.style.colorScheme = is ? "light" : "";
    shades.clear();
    drawn.forEach((known, canvas) => {
      show(canvas, known, true);
      if (is) known.chart.getZr().flush();
    });
  };
  addEventListener("beforeprint", () => onPaper(true));
  addEventListener("afterprint", () => onPaper(false));

  /** The way back is offered where only a part is shown. */
  function offerReset({ isZoomed, figure }) {
    const button = find(".chart-reset", figure);
    if (button) button.hidden = !isZoomed;
  }

  // ---- Selecting ----

  document.addEventListener("click", ({ target }) => {
    const figure = target.closest?.("[data-unselect]")?.closest(".chart");
    if (figure) drawn.forEach(known => { if (known.figure === figure) select(known, null); });
  });

  /** The fields that hold what is selected: they are posted like those of every widget. */
  const fieldsOf = ({ figure, model }) => all(`.chart-select [name="${CSS.escape(model.select.name)}"]:not([type="hidden"])`, figure);

  /** Enters what was clicked or dragged over; clicked again, or beside, it is given up. */
  function select(known, value) {
    const { kind } = known.model.select;
    const fields = fieldsOf(known);
    if (!fields.length) return;
    if (kind === "range") {
      if (!Array.isArray(value ?? [])) return;
      fields.forEach((field, at) => { field.value = value?.[at] ?? ""; });
    } else if (kind === "many") {
      const box = fields.find(field => field.value === value);
      if (value === null) fields.forEach(field => { field.checked = false; });
      else if (box) box.checked = !box.checked;
    } else {
      const [field] = fields;
      const isAgain = value === null || field.value === value;
      if (!isAgain && ![...field.options].some(option => option.value === value)) field.add(new Option(value, value));
      field.value = isAgain ? "" : value;
    }
    fields.at(-1).dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** The value of what was clicked; null for nothing. */
  function clicked(known, { offsetX, offsetY, target }) {
    const { chart, model: { select: { keys, place, kind } , option } } = known;
    const mark = target ? known.mark : null;
    known.mark = null;
    const point = [offsetX, offsetY];
    if (!option.xAxis) return mark?.data?.key ?? null;
    const grid = [option.xAxis].flat().findIndex((_, gridIndex) => chart.containPixel({ gridIndex }, point));
    if (grid < 0) return null;
    const type = [option.series].flat()[0]?.type;
    if (type === "bar" && mark?.value?.length === 4 && kind === "range") return mark.value.slice(2).map(String);
    if (kind === "range") return null;
    if (type === "scatter") return mark ? (keys ? keys[mark.value[0]] : written(mark.value[0], place)) : null;
    const [x, y] = chart.convertFromPixel({ gridIndex: grid }, point);
    if (keys) return keys[Math.round([option.yAxis].flat()[0].type === "category" && type !== "heatmap" ? y : x)] ?? null;
    const places = [option.series].flat().flatMap(({ data }) => data.map(datum => (datum?.value ?? datum)?.[0]));
    const nearest = places.reduce((best, at) => (Math.abs(at - x) < Math.abs(best - x) ? at : best), Infinity);
    return Number.isFinite(nearest) ? written(nearest, place) : null;
  }

  /** The ends of what was dragged over, as the fields take them. */
  function dragged({ model: { select: { keys, place } } }, [low, high]) {
    if (keys) return [keys[Math.max(0, low)], keys[Math.min(keys.length - 1, high)]];
    if (place !== "number") return [written(low, place), written(high, place)];
    // As many digits as matter over this span.
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(high - low) || 1)));
    return [low, high].map(end => String(+end.toFixed(Math.min(digits, 12))));
  }

  /** A place on an axis as a field holds it. */
  function written(value, place) {
    if (place === "date") return new Date(Math.round(value / 86400000) * 86400000).toISOString().slice(0, 10);
    if (place === "datetime") return new Date(Math.round(value / 1000) * 1000).toISOString().slice(0, 19);
    return String(value);
  }

  /** Shows what is selected: other marks are pale, or a line or a band stands at it. */
  function mark(option, { keys, chosen, kind, place }) {
    if (!chosen.length) return;
    const axis = [option.yAxis].flat()[0]?.type === "category" && [option.series].flat()[0].type !== "heatmap" ? "yAxis" : "xAxis";
    const series = [option.series].flat();
    const isOn = key => chosen.includes(key);
    const at = text => (place === "number" ? +text : place === "word" ? text : Date.parse(`${text}${text.length > 10 ? "Z" : ""}`));
    const pale = datum => {
      const object = datum && typeof datum === "object" && !Array.isArray(datum) ? datum : { value: datum };
      return { ...object, itemStyle: { ...object.itemStyle, opacity: 0.25 }, label: { ...object.label, opacity: 0.5 } };
    };
    for (const one of series) {
      if (kind === "range" || ["line"].includes(one.type)) continue;
      one.data = one.data.map((datum, index) => {
        const value = datum?.value ?? datum;
        const key = datum?.key ?? (keys ? keys[one.type === "heatmap" || one.type === "scatter" ? value[0] : index] : written(value?.[0], place));
        return datum === null || isOn(key) ? datum : pale(datum);
      });
      // What is chosen lies over the rest. Points know their own keys.
      if (one.coordinateSystem === "geo") one.data.sort((a, b) => isOn(a?.key) - isOn(b?.key));
    }
    const [first] = series;
    if (!option.xAxis) return;
    const color = token("c1");
    if (kind === "range" && chosen.length === 2) {
      const band = [{ [axis]: keys ? keys.indexOf(chosen[0]) : at(chosen[0]), itemStyle: { color, opacity: 0.12 } }, { [axis]: keys ? keys.indexOf(chosen[1]) : at(chosen[1]) }];
      first.markArea = { silent: true, animation: false, ...first.markArea, data: [...(first.markArea?.data ?? []), band] };
    } else if (first.type === "line") {
      const lines = chosen.map(key => ({ [axis]: keys ? keys.indexOf(key) : at(key), lineStyle: { color, type: "solid" }, label: { show: false } }));
      first.markLine = { silent: true, symbol: "none", animation: false, ...first.markLine, data: [...(first.markLine?.data ?? []), ...lines] };
    }
  }

  // ---- Colours ----

  /** Colours as the canvas takes them, by what is written for them. */
  const shades = new Map();
  const swatch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** A colour of CSS, whatever its form, as red, green, blue and opacity. */
  function shade(css) {
    if (!shades.has(css)) {
      swatch.clearRect(0, 0, 1, 1);
      swatch.fillStyle = css;
      swatch.fillRect(0, 0, 1, 1);
      const [red, green, blue, opacity] = swatch.getImageData(0, 0, 1, 1).data;
      shades.set(css, `rgba(${red},${green},${blue},${+(opacity / 255).toFixed(3)})`);
    }
    return shades.get(css);
  }

  /** A colour of the page by its name, as it is in the present scheme; `c1/0.2` is a weak one. */
  function token(written) {
    const known = `$${written}`;
    if (!shades.has(known)) {
      const [name, opacity] = written.split("/");
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = `var(--${name})`;
      const found = shade(getComputedStyle(probe).color);
      probe.remove();
      shades.set(known, opacity ? found.replace(/[^,]+\)$/, `${opacity})`) : found);
    }
    return shades.get(known);
  }

  /** A weak colour as it looks on the page: the ramp beside a chart is drawn without its opacity. */
  function solid(color) {
    const [ground, [red, green, blue, opacity = 1]] = [token("surface"), color].map(it => it.match(/[\d.]+/g).map(Number));
    return `rgb(${[red, green, blue].map((part, at) => Math.round(part * opacity + ground[at] * (1 - opacity)))})`;
  }

  const tint = written => (written.startsWith("$") ? token(written.slice(1)) : CSS.supports("color", written) ? shade(written) : written);

  // ---- Text ----

  const dates = new Map();
  const dateWriter = options => {
    const key = JSON.stringify(options);
    if (!dates.has(key)) dates.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }));
    return value => dates.get(key).format(value);
  };
  const year = dateWriter({ year: "numeric" });
  const dayAndMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  // As it is written beside a day: some languages have another word for one that stands alone.
  const month = value => {
    const { value: name } = dayAndMonth.formatToParts(value).find(({ type }) => type === "month");
    // Others write a number there.
    return /\d/.test(name) ? monthAlone(value) : name;
  };
  const monthAlone = dateWriter({ month: "short" });
  const monthOfYear = dateWriter({ month: "short", year: "numeric" });
  const dayOfMonth = dateWriter({ day: "numeric", month: "short" });
  const day = dateWriter({ day: "numeric", month: "short", year: "numeric" });
  const time = dateWriter({ hour: "2-digit", minute: "2-digit" });
  const timeInSeconds = dateWriter({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const moment = dateWriter({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const momentInSeconds = dateWriter({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

  const point = new Intl.NumberFormat(locale).formatToParts(0.5).find(part => part.type === "decimal").value;
  const sizes = ["B", "kB", "MB", "GB", "TB", "PB"];
  const said = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
  const shortensThousands = new Intl.NumberFormat(locale, { notation: "compact" }).formatToParts(2000).some(part => part.type === "compact");
  // Where `Intl` has no word for thousands, that of the app stands.
  const thousands = shortensThousands ? null : said["{n}K"] ?? "{n}K";

  /** Writes numbers by options of `Intl`, or in their shortest form. */
  function numberWriter(options) {
    if (!options) return value => String(+value.toPrecision(12)).replace(".", point);
    if (options.unit === "byte") return sizeWriter(options);
    const numbers = new Intl.NumberFormat(locale, options);
    if (options.notation !== "compact" || !thousands) return value => numbers.format(value);
    const whole = new Intl.NumberFormat(locale, { ...options, notation: "standard" });
    const limit = 1e6 - 500 / 10 ** options.maximumFractionDigits;
    return value => {
      const size = Math.abs(value);
      // What rounds up to a million is one.
      if (size >= limit && size < 1e6) return numbers.format(Math.sign(value) * 1e6);
      if (size < limit / 1000 || size >= limit) return numbers.format(value);
      const parts = whole.formatToParts(value / 1000);
      const last = parts.findLast(({ type }) => type === "integer" || type === "fraction");
      last.value = thousands.replace("{n}", last.value);
      return parts.map(part => part.value).join("");
    };
  }

  /** Writes numbers of bytes, as a metric does: `Intl` knows billions of them, and no gigabytes. */
  function sizeWriter({ minimumFractionDigits = 0, maximumFractionDigits = 1 }) {
    const numbers = new Intl.NumberFormat(locale, { minimumFractionDigits, maximumFractionDigits });
    return value => {
      let at = 0;
      for (; Math.abs(value) >= 999.95 && at < sizes.length - 1; at += 1) value /= 1000;
      return `${numbers.format(value)}\u00a0${sizes[at]}`;
    };
  }

  /** Turns a value into text, as its format says. */
  function writer(format) {
    if (format.kind === "datetime") return value => (value % 60000 ? momentInSeconds : moment)(+value);
    if (format.kind === "date") {
      const write = { year, month: monthOfYear }[format.grain] ?? day;
      return value => write(+value);
    }
    const write = numberWriter(format.intl);
    const unit = format.unit ? ` ${format.unit}` : "";
    return value => {
      if (value === null || value === undefined || value === "-" || Number.isNaN(value)) return "–";
      if (typeof value !== "number") return String(value);
      return write(value) + unit;
    };
  }

  /** Writes what stands at an axis: short, and of moments only what is new. */
  function tickWriter(format, isCompact) {
    if (format.kind === "date" || format.kind === "datetime") {
      return written => {
        const value = +written;
        const at = new Date(value);
        if (format.grain === "year") return year(value);
        if (value % 60000) return timeInSeconds(value);
        if (value % 86400000) return time(value);
        if (at.getUTCDate() > 1) return dayOfMonth(value);
        if (format.grain === "month") return at.getUTCMonth() ? month(value) : monthOfYear(value);
        return at.getUTCMonth() ? month(value) : year(value);
      };
    }
    const short = { ...format.intl, notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 };
    const shorten = numberWriter(short);
    const write = numberWriter(format.intl && { ...format.intl, minimumFractionDigits: 0 });
    return value => {
      if (typeof value !== "number") return String(value);
      return (isCompact && Math.abs(value) >= 1000 ? shorten : write)(value);
    };
  }

  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const shareOf = ({ data, percent: share }) => percent.format(data?.share ?? (share ?? 0) / 100);
  const single = value => (Array.isArray(value) ? value.at(-1) : value);

  /** What a line of a tooltip says of a mark. */
  function told(params, at, write, option) {
    if (at === null) return write(single(params.value));
    if (at === "%") return shareOf(params);
    if (at === "x" || at === "y") {
      const word = option[`${at}Axis`].data[params.value[at === "x" ? 0 : 1]];
      return typeof word === "number" ? write(word) : word;
    }
    if (Array.isArray(at)) return at.map(end => write(params.value[end])).join(" – ");
    return write(params.value[at]);
  }

  const heads = {
    "": () => "",
    series: ({ seriesName }) => seriesName,
    name: ({ name }) => name,
    path: ({ treePathInfo, name }) => treePathInfo?.slice(1).map(part => part.name).join(" › ") || name,
    flow: ({ dataType, data, name }) => (dataType === "edge" ? `${data.source} → ${data.target}` : name),
  };

  /** The functions that an option names. */
  const functions = {
    tick: ({ f, compact }, { formats }) => tickWriter(formats[f], compact),
    value: ({ f, ends }, { formats }) => {
      const write = writer(formats[f]);
      return ends ? (_, at) => ends[at]?.map(write).join(" – ") ?? "–" : write;
    },
    written: ({ f, v }, { formats }) => writer(formats[f])(v),
    pointer: ({ f }, { formats }) => {
      const write = writer(formats[f]);
      const isMoment = formats[f].kind !== "number";
      return ({ value }) => write(isMoment ? +value : value);
    },
    label: ({ f, text }, { formats }) => {
      const write = writer(formats[f]);
      return params => text.replace("{name}", params.name).replace("{}", write(single(params.value))).replace("{%}", shareOf(params));
    },
    rows: ({ head, lines }, { formats, option }) => {
      const rows = lines.map(([label, at, f]) => [label, at, writer(formats[f])]);
      return params => {
        const first = heads[head](params);
        const name = first && option.xAxis?.data && typeof option.xAxis.data[params.dataIndex] === "number" && head === "name"
          ? day(option.xAxis.data[params.dataIndex]) : first;
        const said = rows.map(([label, at, write]) => {
          const value = told(params, at, write, option);
          return label ? `${label}: ${value}` : value;
        });
        return (name ? [`${params.marker ?? ""}${name}`, ...said] : said).join("\n");
      };
    },
  };

  /** An option with functions and colours in their places. */
  function fill(node, model, key) {
    if (typeof node === "string") return /color/i.test(key) ? tint(node) : node;
    if (Array.isArray(node)) {
      // Long data is numbers.
      if (key === "data" && !(node[0] && typeof node[0] === "object" && !Array.isArray(node[0]))) return node;
      return node.map(item => fill(item, model, key));
    }
    if (!node || typeof node !== "object") return node;
    if (node.$) return functions[node.$](node, model);
    const filled = {};
    for (const [name, value] of Object.entries(node)) {
      const isCorner = name === "borderRadius" && !model.raw;
      filled[name] = isCorner ? rounded(value) : fill(value, model, name);
    }
    return filled;
  }

  const rounded = radius => (Array.isArray(radius) ? radius.map(rounded) : radius * roundness());

  /** How round corners are, beside how they are without a word of the app about it. */
  const roundness = () => parseFloat(getComputedStyle(root).getPropertyValue("--radius")) / 0.5;

  // ---- Layout ----

  /** How high a line of text is, in pixels; the library would measure it by a sign that many fonts do not have. */
  const LINE = 15;

  /** Where axes, their names and the legend stand. */
  function layout({ frame = {}, facets, height, option, select }, canvas) {
    const width = canvas.clientWidth || 600;
    const words = (text, id, more) => ({
      id, text, textStyle: { color: token("muted"), fontSize: 12, lineHeight: LINE, fontWeight: "normal" }, padding: 0, ...more,
    });
    const titles = [];
    // Where there is little room, the marks have it.
    if (canvas.clientHeight < 160) frame = { legend: frame.legend, zoom: frame.zoom };
    let top = frame.legend ? 32 : 4;
    if (frame.left || frame.right || frame.scale) {
      if (frame.left) titles.push(words(frame.left, "left", { left: 0, top: top - 2 }));
      if (frame.right) titles.push(words(frame.right, "right", { right: 0, top: top - 2 }));
      top += frame.left || frame.right ? 26 : 24;
    } else top += 6;
    const bounds = { outerBoundsMode: "same", outerBoundsContain: "all" };
    if (!option.xAxis) return { grid: [], titles, height };
    if (!facets) {
      // The height of labels is measured without what hangs below their line.
      const grid = [{ id: "g0", left: 2, right: 10, top, bottom: frame.below ? 2 : 6, ...bounds }];
      const brushes = !coarse.matches && select?.kind === "range";
      return { grid, titles, height, below: frame.below, brushes, zooms: frame.zoom && !coarse.matches && !brushes };
    }
    const columns = Math.max(1, Math.min(facets.length, Math.floor(width / 190)));
    const rows = Math.ceil(facets.length / columns);
    // The style sheet says the same, for the time before this.
    height ??= 58 + rows * 190;
    const cell = (height - top) / rows;
    const grid = facets.map((name, at) => {
      const left = (at % columns) * (width / columns);
      const above = top + Math.floor(at / columns) * cell;
      titles.push(words(name, `facet-${at}`, { left: left + 4, top: above, textStyle: { color: token("text"), fontSize: 12, lineHeight: LINE, fontWeight: 600 } }));
      return { id: `g${at}`, left: left + 2, width: width / columns - 16, top: above + 24, height: cell - 34, ...bounds };
    });
    return { grid, titles, height, below: null };
  }

  const DAY = 86400000;

  /** Where the marks of a few hundred stand: the first values of pairs in order, and whether all numbers are whole. */
  function placesOf({ series }) {
    const marks = [series].flat().flatMap(({ data }) => data ?? []);
    if (marks.length > 600) return { moments: [], areWhole: false };
    const numbers = marks.map(mark => (mark?.value ?? mark));
    const moments = [...new Set(numbers.filter(Array.isArray).map(([at]) => at))].sort((a, b) => a - b);
    return { moments, areWhole: numbers.flat().every(number => typeof number !== "number" || Number.isInteger(number)) };
  }

  /** The moments that are named at an axis where they are days or more apart, always as far: weeks, say. */
  function ticksOf(moments, room) {
    const steps = moments.slice(1).map((at, index) => at - moments[index]);
    const step = Math.min(...steps);
    if (moments.length < 3 || step < 2 * DAY || step > 27 * DAY || steps.some(it => it % step)) return null;
    const every = Math.ceil(moments.length / room);
    return moments.filter((_, index) => index % every === 0);
  }

  /** Lets all names stand below an axis where they have some room, on several lines or cut. Months and numbers are counted on. */
  function wordsBelow(axis, room) {
    if (axis.type !== "category" || !axis.data?.length || axis.data.some(word => typeof word !== "string" || /\d/.test(word))) return;
    const width = room / axis.data.length - 3;
    const isWide = word => word.length * 6.6 > width;
    if (width < 36 || !axis.data.some(isWide)) return;
    const overflow = axis.data.flatMap(word => word.split(" ")).some(isWide) ? "truncate" : "break";
    axis.axisLabel = { ...axis.axisLabel, interval: 0, hideOverlap: false, width, overflow, lineHeight: LINE };
    if (overflow === "truncate") return;
    const linesOf = word => word.split(" ").reduce(([lines, used], part) => {
      const length = part.length * 6.6;
      return used && used + length + 6.6 > width ? [lines + 1, length] : [lines, used + length + (used && 6.6)];
    }, [1, 0])[0];
    axis.nameGap += (Math.max(...axis.data.map(linesOf)) - 1) * LINE;
  }

  function themed(model, { grid, titles, below, zooms, brushes }, { isNarrow: isSmall, width, isZoomed }) {
    const option = fill(model.option, model, "");
    const font = getComputedStyle(document.body).fontFamily;
    if (model.color) option.series.forEach(series => { series.color = tint(model.color); });
    if (model.raw) {
      // What is written as an option looks like the other charts where it says nothing of it.
      const plain = {
        axisLabel: { color: token("muted") }, nameTextStyle: { color: token("muted") }, axisTick: { show: false },
        axisLine: { lineStyle: { color: token("border-strong") } }, splitLine: { lineStyle: { color: token("border") } },
      };
      for (const axis of ["xAxis", "yAxis"]) {
        if (option[axis]) option[axis] = [option[axis]].flat().map(given => ({ ...plain, ...given }));
      }
    }
    if (!model.raw) {
      // Numbers side by side need room; where it begins, an axis says where that is.
      const across = Math.max(2, Math.floor((grid[0]?.width ?? width - 80) / 80));
      const places = placesOf(option);
      const room = grid[0]?.width ?? width - 80;
      for (const axis of [option.xAxis ?? []].flat()) {
        wordsBelow(axis, room);
        // The last word is in the middle below its mark, and may be wider than that has room.
        const over = axis.type === "category" && axis.data ? 28 - room / axis.data.length / 2 : 0;
        if (grid.length === 1) grid[0].right = Math.max(grid[0].right, over);
      }
      const axes = ["xAxis", "yAxis"].flatMap(key => option[key] ?? []);
      for (const axis of axes) {
        // With a line of its own a label that may be cut would be as wide as it may be.
        const line = !axis.axisLabel?.width && { lineHeight: LINE };
        // A moment in the middle of a day is no place to name.
        const first = (axis.type !== "time" || places.moments[0] % DAY === 0) && { showMinLabel: true };
        axis.axisLabel = { ...first, ...line, ...axis.axisLabel };
        // Of what is counted there is no half.
        if (axis.type === "value" && places.areWhole) axis.minInterval = 1;
      }
      for (const axis of [option.xAxis ?? []].flat()) {
        if (axis.type === "value") axis.splitNumber = Math.min(axis.splitNumber, across);
        const ticks = !isZoomed && axis.type === "time" && ticksOf(places.moments, across);
        if (ticks) {
          axis.axisLabel.customValues = ticks;
          axis.axisTick = { ...axis.axisTick, customValues: ticks };
        }
      }
    }
    for (const series of [option.series].flat()) {
      // Beside a small ring there is little room for names.
      if (series.type === "pie" && isSmall) Object.assign(series, { radius: ["32%", "50%"], labelLine: { ...series.labelLine, length: 6, length2: 4 } });
    }
    // A line goes on to where the window ends; bars and points are whole or not there.
    const isLines = [option.series].flat().every(series => series.type === "line");
    const ramp = option.visualMap?.inRange;
    if (ramp?.color && !model.raw) ramp.color = ramp.color.map(solid);
    if (model.select) mark(option, model.select);
    if (below) {
      const axes = [option.xAxis].flat();
      axes[0].name = below;
    }
    return {
      useUTC: true,
      animation: !still.matches,
      animationDuration: 400,
      animationDurationUpdate: 300,
      animationEasing: "cubicOut",
      aria: { enabled: true, label: { enabled: false }, decal: { show: contrast.matches } },
      color: [1, 2, 3, 4, 5, 6, 7, 8].map(at => token(`c${at}`)),
      textStyle: { fontFamily: font, fontSize: 12 },
      title: titles,
      grid,
      ...(zooms && {
        toolbox: {
          top: -60,
          feature: { dataZoom: { yAxisIndex: "none", filterMode: isLines ? "none" : "filter", brushStyle: { color: token("c1/0.12"), borderColor: token("c1"), borderWidth: 1 } } },
        },
      }),
      ...(brushes && {
        brush: {
          toolbox: [], xAxisIndex: 0, transformable: false, throttleType: "debounce", outOfBrush: { colorAlpha: 1 },
          brushStyle: { color: token("c1/0.12"), borderColor: token("c1"), borderWidth: 1 },
        },
      }),
      ...option,
      legend: {
        type: "scroll", left: isRtl() ? "right" : 0, top: 0, padding: [4, 0], itemGap: 14, icon: roundness() ? "roundRect" : "rect", itemWidth: 10, itemHeight: 10,
        textStyle: { color: token("muted"), lineHeight: LINE }, inactiveColor: token("border"),
        pageTextStyle: { color: token("muted") }, pageIconColor: token("muted"), pageIconInactiveColor: token("border"),
        ...option.legend,
      },
      tooltip: {
        renderMode: "richText",
        confine: true,
        backgroundColor: token("surface"),
        borderColor: token("border-strong"),
        borderWidth: 1,
        padding: [8, 12],
        shadowBlur: 12,
        shadowOffsetY: 4,
        shadowColor: "rgba(0,0,0,0.16)",
        textStyle: { color: token("text"), fontFamily: font, fontSize: 12 },
        borderRadius: 6 * roundness(),
        transitionDuration: still.matches ? 0 : 0.15,
        ...option.tooltip,
        axisPointer: {
          lineStyle: { color: token("border-strong") },
          crossStyle: { color: token("border-strong") },
          shadowStyle: { color: token("border-strong").replace(/[^,]+\)$/, "0.18)") },
          ...option.tooltip?.axisPointer,
        },
      },
    };
  }

  equip(document.body);
})();
