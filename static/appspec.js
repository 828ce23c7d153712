// The page's own behaviour, on htmx 4: what the user enters is posted to the page, the fragments that come back are
// morphed into it. Charts have a script of their own. Nothing here is needed to use a page.
(() => {
  "use strict";

  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
  /** A text in the language of the app. */
  const say = english => words[english] ?? english;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const form = find("#view");
  // Requests start from a neutral element: a field may be named like a property of the form, and would hide it.
  const wire = find("#wire");
  const controls = form && Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get;
  const equal = (a, b) => a.length === b.length && a.every((value, at) => value === b[at]);
  const token = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, "0")).join("");

  // ---- What the server holds, and what has changed since ----

  const isField = control => control.name && !/^(submit|button|image|fieldset|file)$/.test(control.type)
    && !["view", "click"].includes(control.name) && !/^\.(?!was\.)/.test(control.name);
  const fieldNames = () => new Set([...controls.call(form)].filter(isField).map(control => control.name));
  /** Whether a control stands in a form of the page: what is typed there stays here until it is submitted. */
  const isPrivate = control => control.form?.matches(".form") && isField(control);
  const componentOf = control => control.closest("[data-kind]");
  /** The field that a handle of a slider moves; any other control is its own. */
  const fieldOf = control => (control?.dataset.for && document.getElementById(control.dataset.for)) || control;

  /** By name, the component that was changed last: of several widgets of one key, only its fields count. */
  const leading = new Map();

  /** What the fields of a form hold now, each key once. */
  function entered(of = form) {
    const fields = [...controls.call(of)].filter(isField);
    const owners = new Map();
    for (const control of fields) {
      if (!owners.has(control.name) || leading.get(control.name) !== owners.get(control.name)) {
        owners.set(control.name, componentOf(control));
      }
    }
    const data = new FormData();
    for (const control of fields) {
      if (owners.get(control.name) !== componentOf(control) || control.matches(":disabled")) continue;
      for (const value of valuesOf(control)) data.append(control.name, value);
    }
    return data;
  }

  function valuesOf(control) {
    if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value] : [];
    if (control.tagName === "SELECT") return [...control.selectedOptions].map(option => option.value);
    return [control.value];
  }

  /** By name, the values that the server holds, as far as the page knows. */
  const held = new Map();
  /** Names that were sent in requests without an answer: the server may have seen them or not. */
  const unsure = new Set();

  const hold = (names, data = entered()) => names.forEach(name => held.set(name, data.getAll(name)));
  const isDirty = (name, data) => !equal(data.getAll(name), held.get(name) ?? []);
  const changes = data => [...fieldNames()].filter(name => unsure.has(name) || isDirty(name, data));

  // ---- Posting ----

  /** Requests that wait until the server has accepted the click before them: edits may be overtaken, clicks may not. */
  const waiting = [];
  let acting = null;
  /** Forms, and buttons that write, from the press until the server has done it: pressed again meanwhile, they do nothing. */
  const writing = new Set();
  let pressed = false;
  let timer = 0;
  let busyTimer = 0;

  function body(request) {
    const data = entered();
    const sent = new URLSearchParams();
    // What is sent again is of the page as it was: a server that has forgotten it since must not take it for new.
    request.view ??= find("#view-id").value;
    sent.set("view", request.view);
    sent.set("click", request.click);
    if (request.name) sent.append(request.name, request.value);
    if (request.quiet) sent.set(".quiet", "true");
    if (request.url !== undefined) sent.set(".url", request.url);
    if (request.full) {
      sent.set(".full", "true");
      for (const open of all("[data-field]")) {
        if (open.dataset.field !== request.name) sent.append(open.dataset.field, open.dataset.value);
      }
    }
    // What is sent again is what was sent, whatever was typed since.
    request.fields ??= request.form ? [...entered(request.form)] : [];
    request.files ??= request.form ? filesOf(fileInputs(request.form)) : [];
    const own = new Set(request.fields.map(([name]) => name));
    for (const [name, value] of request.fields) sent.append(name, value);
    const names = (request.full ? [...fieldNames()] : changes(data)).filter(name => !own.has(name));
    request.sent = new Map(names.map(name => [name, data.getAll(name)]));
    if (!request.quiet && request.url === undefined) step.begin([request.value, ...names].join(" "));
    for (const [name, values] of request.sent) {
      unsure.add(name);
      for (const value of values) sent.append(name, value);
    }
    return request.files?.length ? withFiles(sent, request.files) : sent;
  }

  /** The same with files: only such bodies have parts. */
  function withFiles(sent, files) {
    const data = new FormData();
    for (const [name, value] of [...sent, ...files]) data.append(name, value);
    return data;
  }

  const fileInputs = of => [...controls.call(of)].filter(control => control.type === "file" && !control.disabled);
  const filesOf = inputs => inputs.filter(input => input.files.length).map(input => [input.name, input.files[0]]);

  /** Sends a file as soon as it is chosen, unless it stands in a form or is too large. */
  function choose(input) {
    const isLarge = input.files[0]?.size > +input.dataset.most;
    input.setCustomValidity(isLarge ? input.dataset.tooLarge : "");
    if (input.form !== form) complain(input.form, [input]);
    else if (isLarge) input.reportValidity();
    else if (input.files.length) post({ files: filesOf([input]) });
  }

  function post(request) {
    clearTimeout(timer);
    // The answer brings what the stream would, and names what the next one begins with.
    deafen();
    posting.add(request);
    request.click ??= token();
    if (acting) {
      waiting.push(request);
      return;
    }
    acting = request.name ? request : null;
    clearTimeout(busyTimer);
    busyTimer = setTimeout(busy, 150, true);
    // A file takes as long as it takes.
    const hasFiles = request.files?.length || (request.form && filesOf(fileInputs(request.form)).length);
    if (hasFiles) wire.setAttribute("hx-config", '{"timeout": 0}');
    htmx.ajax("POST", form.getAttribute("action"), { source: wire, swap: "none", posted: request });
    wire.removeAttribute("hx-config");
  }

  /** The same request once more: to the server it is the same click. */
  const again = ({ name, value, writes, view, click, full, quiet, url, form, fields, files }) =>
    ({ name, value, writes, view, click, full, quiet, url, form, fields, files });

  function accepted() {
    if (acting) writing.delete(acting.value);
    acting = null;
    // What is no click is not waited for.
    while (!acting && waiting.length) post(waiting.shift());
  }

  function busy(is) {
    clearTimeout(busyTimer);
    root.classList.toggle("busy", is);
    find("main")?.setAttribute("aria-busy", String(is));
  }

  function postChanges() {
    if (changes(entered()).length) post({});
  }

  /** What waits for the answer to what was entered before: it is about what the page shows then. */
  let awaited = null;
  let downloading = null;

  function onceAnswered(then) {
    clearTimeout(timer);
    postChanges();
    awaited = then;
    goOn();
  }

  function goOn() {
    if (!awaited || posting.size) return;
    const then = awaited;
    awaited = null;
    then();
  }

  function download(button) {
    downloading = button;
    form.requestSubmit(button);
    downloading = null;
  }

  /** Posts a button that was pressed, with the form that it is of. */
  function send({ name, value, dataset }, own) {
    const writes = dataset.writes !== undefined;
    // A form that is on its way is not sent once more.
    const isOnce = writes || own;
    if (isOnce && writing.has(value)) return;
    if (isOnce) writing.add(value);
    post({ name, value, writes, form: own });
  }

  /** Asks what a button has to ask, and posts it if the reader wants that. */
  function ask(button) {
    if (!button.isConnected || button.disabled) return;
    const asked = button.dataset.confirm;
    if (!asked) return send(button);
    const [dialog, yes] = [find("#confirm"), find('#confirm [value="yes"]')];
    find("#question").textContent = asked;
    yes.textContent = button.textContent.trim() || button.getAttribute("aria-label");
    yes.className = `button ${button.classList.contains("danger") ? "danger" : "primary"}`;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      // What the page shows meanwhile may be another question.
      if (button.dataset.confirm === asked && button.isConnected) send(button);
      else ask(button);
    }, { once: true });
    dialog.showModal();
    raise();
  }

  if (form) {
    // Browsers put old entries back into a page that is loaded again.
    HTMLFormElement.prototype.reset.call(form);
    hold(fieldNames());

    const note = ({ target }) => {
      if (target.form === form && isField(target)) leading.set(target.name, componentOf(target));
    };
    const typed = event => {
      note(event);
      // While a word is composed, it is not typed yet.
      if (event.target.dataset?.live === undefined || event.target.form !== form || event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(postChanges, 250);
    };
    document.addEventListener("input", typed);
    document.addEventListener("compositionend", typed);
    document.addEventListener("change", event => {
      note(event);
      if (event.target.type === "file") return choose(event.target);
      if (event.target.form !== form || !isField(event.target)) return;
      // Leaving a field by pressing a button changes it first: both go in one request.
      clearTimeout(timer);
      timer = setTimeout(postChanges, pressed ? 250 : 0);
    });
    document.addEventListener("submit", event => {
      const own = event.target.matches(".form") ? event.target : undefined;
      // A download is the browser's own.
      if ((event.target !== form && !own) || (downloading && event.submitter === downloading)) return;
      event.preventDefault();
      const button = event.submitter;
      if (button?.hasAttribute("formaction")) return onceAnswered(() => download(button));
      if (!button?.name) return postChanges();
      if (own) forgive(own);
      if (button.dataset.confirm) return onceAnswered(() => ask(button));
      send(button, own);
    });
    document.addEventListener("invalid", event => {
      const own = event.target.form;
      if (!own?.matches(".form")) return;
      // The bubble of the browser speaks its own language, and of one field.
      event.preventDefault();
      if (refused.has(own)) return;
      refused.add(own);
      setTimeout(() => {
        refused.delete(own);
        // What only the server can put into words, it says.
        if (complain(own)) lead(own);
        else send(find(".form-foot > [name=action]", own), own);
      });
    }, true);
    document.addEventListener("click", event => {
      // The second click of a double click is not meant as another.
      if (event.detail > 1 && event.target.closest?.("[data-writes]")) event.preventDefault();
    }, true);
    document.addEventListener("pointerdown", () => { pressed = true; }, true);
    for (const name of ["pointerup", "pointercancel"]) {
      document.addEventListener(name, () => { pressed = false; }, true);
    }
  }

  // ---- Answers ----

  const on = (name, handler) => document.addEventListener(`htmx:${name}`, event => handler(event.detail, event));

  on("before:request", ({ ctx }) => {
    if (ctx.posted) ctx.request.body = body(ctx.posted);
  });

  on("before:response", ({ ctx }) => {
    if (ctx.posted && acting === ctx.posted && ctx.response.status !== 409) accepted();
  });
  // An answer that is a stream is taken over by htmx's extension before the event above is fired.
  on("sse:after:connection", () => {
    if (acting) accepted();
  });

  on("after:request", ({ ctx }, event) => {
    const to = ctx.hx?.location;
    if (!to) return;
    event.preventDefault();
    follow(to.startsWith("{") ? JSON.parse(to).path : to);
  });

  on("before:swap", ({ ctx }) => {
    const request = ctx.posted;
    if (!request || request.held || ctx.response.status >= 400) return;
    request.held = true;
    if (request.form) answering = request;
    for (const [name, values] of request.sent) {
      held.set(name, values);
      unsure.delete(name);
    }
    notice(null);
  });

  on("after:swap", ({ ctx }) => {
    if (ctx.posted) busy(false);
    if (ctx.posted?.form) lead(ctx.posted.form);
    if (ctx.posted?.files?.length) letGo(ctx.posted.form);
    listenSoon();
  });

  on("finally:request", ({ ctx }) => {
    const request = ctx.posted;
    posting.delete(request);
    if (answering === request) answering = null;
    listenSoon();
    if (!request) return goOn();
    setTimeout(goOn);
    // A request that a newer one has overtaken ends too, and must not speak for it.
    if (!ctx.request.signal.aborted) busy(false);
    const status = ctx.response?.status;
    if (status === 409 && !request.full) {
      // The server no longer knows this view: it is built anew from all that the page holds.
      acting = null;
      post({ ...again(request), full: true });
      return;
    }
    if (acting === request) accepted();
    if (status >= 400) {
      const text = say(status >= 500 ? "Something went wrong on the server." : "The server did not accept this.");
      notice(text, status === 409 ? null : request);
    }
  });

  on("error", ({ ctx }) => {
    if (!ctx) return;
    const unknown = "The server cannot be reached: it is not known whether this was saved. It is not saved twice if you try again.";
    notice(say(ctx.posted?.writes ? unknown : "The server cannot be reached."), ctx.posted);
  });

  /** Shows what went wrong, with a way to try again, or takes the last such notice away. */
  function notice(text, request) {
    const place = find("#notices");
    place.replaceChildren();
    if (!text) return;
    const shown = find("#notice").content.cloneNode(true);
    find("span", shown).textContent = text;
    const [button, dismiss] = all("button", shown);
    button.textContent = say(request ? "Try again" : "Reload");
    button.addEventListener("click", () => {
      if (!request) return location.reload();
      notice(null);
      if (request.writes) writing.add(request.value);
      post(again(request));
    });
    dismiss.addEventListener("click", () => notice(null));
    place.append(shown);
  }

  /** Forgets files that the server has: the same may be chosen again. */
  function letGo(of = form) {
    if (of === form || !find("[aria-invalid]", of)) fileInputs(of).forEach(input => { input.value = ""; });
  }

  /** Writes numbers as the server does where nothing says how. */
  const written = new Intl.NumberFormat(root.lang, { maximumFractionDigits: 20, useGrouping: false });

  /** The forms that the browser has just found something wrong with. */
  const refused = new Set();

  /** What is wrong with what stands in a field, as far as that is known here. */
  function fault({ type, validity, validationMessage, min, max }) {
    const limited = (english, limit) => say(english).replace("{limit}", written.format(limit));
    if (validity.valueMissing && !validity.badInput) return say("this is required");
    // What is no number or date yet would be sent as nothing.
    if (validity.badInput) return say("this does not have the form that is asked for");
    if (validity.customError) return validationMessage;
    if (type !== "number") return null;
    if (validity.rangeUnderflow) return limited("must be at least {limit}", min);
    return validity.rangeOverflow ? limited("must be at most {limit}", max) : null;
  }

  /** Takes away what was said here of the fields of a form; what the server has said stays until it says otherwise. */
  function forgive(own) {
    for (const said of all("[data-own]", own)) {
      const isWrong = document.getElementById(said.id.replace(/^o-/, "e-"));
      for (const control of all(`[aria-describedby="${CSS.escape(said.id)}"]`, own)) {
        if (isWrong) control.setAttribute("aria-describedby", isWrong.id);
        else for (const name of ["aria-invalid", "aria-describedby"]) control.removeAttribute(name);
      }
      said.remove();
    }
  }

  /** Says at fields of a form what is wrong with them, as the server would; returns whether anything is. */
  function complain(own, fields = [...controls.call(own)]) {
    forgive(own);
    const seen = new Set();
    for (const control of fields) {
      const field = control.closest(".field");
      const text = field && control.willValidate && fault(control);
      const component = control.closest(".component");
      if (!text || seen.has(component)) continue;
      seen.add(component);
      const said = document.createElement("p");
      Object.assign(said, { className: "complaint", id: `o-${component.id.slice(2)}`, role: "alert", textContent: text });
      said.dataset.own = "";
      field.append(said);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", said.id);
    }
    return seen.size > 0;
  }

  /** Leads the reader to the first field of a form that is wrong. */
  function lead(wrong) {
    const field = find("[aria-invalid]", wrong);
    if (!field) return;
    (find("summary", field.closest(".multi") ?? field) ?? find(`[data-for="${field.id}"]`) ?? field).focus();
  }

  // ---- The URL ----

  const here = () => location.pathname + location.search;
  /** The URL of what the page shows. */
  let place = here();

  /** What the user does makes an entry in the history; to do the same again at once, as with a slider, does not. */
  const step = {
    by: null,
    at: -Infinity,
    isNew: false,
    begin(by) {
      const now = performance.now();
      this.isNew = by !== this.by || now - this.at > 2000;
      this.by = by;
      this.at = now;
    },
  };

  /** Lets the address of the window follow the page. */
  function locate() {
    const url = find("#view-id")?.dataset.url;
    if (!url || url === place) return;
    history[step.isNew ? "pushState" : "replaceState"](null, "", url + location.hash);
    // What else comes of the same step belongs to it.
    step.isNew = false;
    place = here();
    form.setAttribute("action", url);
  }

  addEventListener("popstate", () => {
    // To go to another place on the page changes nothing.
    if (!form || here() === place) return;
    place = here();
    step.by = null;
    form.setAttribute("action", place);
    post({ url: location.search.slice(1) });
  });

  // ---- Listening ----

  /** Requests that have not ended: until then the page does not listen. */
  const posting = new Set();
  /** What happens on the page without the user, as long as somebody looks at it. */
  let stream = null;
  let listenTimer = 0;
  let silenceTimer = 0;
  let setbacks = 0;

  const isLive = () => document.body.dataset.live !== undefined || find("#view-id[data-expecting]") !== null;

  /** Opens the stream once the page is quiet. */
  function listenSoon(pause = 200) {
    clearTimeout(listenTimer);
    if (!stream && form && !document.hidden && posting.size === 0 && isLive()) listenTimer = setTimeout(listen, pause);
  }

  function listen() {
    if (stream || document.hidden || posting.size) return;
    const query = new URLSearchParams({ page: form.getAttribute("action"), view: find("#view-id").value, live: "" });
    const opened = new EventSource(`/-/events?${query}`);
    stream = opened;
    heard();
    opened.addEventListener("open", heard);
    opened.addEventListener("alive", () => {
      setbacks = 0;
      heard();
    });
    opened.addEventListener("message", ({ data }) => {
      if (stream !== opened) return;
      setbacks = 0;
      heard();
      htmx.swap({ sourceElement: wire, target: wire, swap: "none", text: data });
      // What was waited for has come.
      if (!isLive()) deafen();
    });
    opened.addEventListener("lost", () => {
      if (stream !== opened) return;
      deafen();
      // After the first time in a row it does not help to hurry.
      listenTimer = setTimeout(() => post({ full: true, quiet: true }), setback());
    });
    opened.addEventListener("error", () => {
      if (stream !== opened) return;
      deafen();
      listenSoon(setback());
    });
  }

  /** Notes a sign of life; a stream that gives none for long is dead, whatever the browser thinks. */
  function heard() {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => {
      deafen();
      listenSoon();
    }, 50000);
  }

  /** How long to wait after another failure in a row: 0.5 s, then ever longer, up to half a minute. */
  function setback() {
    const pause = Math.min(30000, 500 * 2 ** Math.min(setbacks, 6));
    setbacks += 1;
    return pause * (0.75 + Math.random() / 2);
  }

  function deafen() {
    clearTimeout(listenTimer);
    clearTimeout(silenceTimer);
    stream?.close();
    stream = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? deafen() : listenSoon(0)));
  // A page that is left is kept by browsers only if nothing is open.
  addEventListener("pagehide", deafen);
  addEventListener("pageshow", () => listenSoon());
  addEventListener("online", () => listenSoon(0));

  // ---- Morphing ----

  /** Elements of the page that a fragment only names, because they have not changed. */
  const kept = new Set();
  /** Controls that are to show what the fragment says: htmx copies the attributes, not what the user has entered. */
  const shown = [];

  function read(control) {
    if (control.type === "checkbox" || control.type === "radio") return { checked: control.checked };
    if (control.tagName === "SELECT") return { selected: [...control.options].filter(o => o.selected).map(o => o.value) };
    return { value: control.value };
  }

  function show(control, state) {
    if (state.selected) {
      for (const option of control.options) option.selected = state.selected.includes(option.value);
    } else if ("checked" in state) {
      control.checked = state.checked;
    } else if (control.value !== state.value) {
      control.value = state.value;
    }
  }

  const isTyping = control => {
    const focused = fieldOf(document.activeElement);
    return focused?.form === form && focused.name === control.name && isDirty(control.name, entered());
  };

  /** The form whose answer is coming in. */
  let answering = null;
  /** By id, what was typed in a form that is hidden just now, and what the server had said. */
  const hidden = new Map();

  /** What the server has last said of a control, whatever was typed since. */
  function original(control) {
    if (control.tagName === "SELECT") return [...control.options].filter(o => o.defaultSelected).map(o => o.value);
    return [control.type === "checkbox" || control.type === "radio" ? control.defaultChecked : control.defaultValue];
  }

  const now = control => Object.values(read(control)).flat();

  /** Whether what the server says of a control in a form goes before what was typed: it is another thing than before,
      or the answer to it. */
  function isNews(control, said) {
    if (!answering || answering.form !== control.form) return !equal(original(control), original(said));
    const sent = answering.fields.filter(([name]) => name === control.name).map(([, value]) => value);
    return equal(sent, entered(control.form).getAll(control.name));
  }

  /** Notes what the controls of a fragment say; htmx itself looks at none whose attributes are as they were. */
  function remember(oldNode, newNode) {
    for (const control of newNode.hidden ? all("[name][id]", oldNode).filter(isPrivate) : []) {
      if (!equal(original(control), now(control))) hidden.set(control.id, [original(control), read(control)]);
    }
    for (const said of all("[name][id]", newNode)) {
      const control = document.getElementById(said.id);
      if (!oldNode.contains(control) || !isField(control)) continue;
      if (isPrivate(control)) {
        if (isNews(control, said)) shown.push([control, read(said)]);
        continue;
      }
      if (control.form !== form) continue;
      if (isTyping(control)) held.set(control.name, [said.value]);
      else shown.push([control, read(said)]);
    }
  }

  /** Keeps the room that a component has, should what comes for it be less high: nothing else moves up for it. */
  function keepRoom(component) {
    const height = component.offsetHeight;
    queueMicrotask(() => {
      if (!component.isConnected || component.offsetHeight >= height) return;
      // Below what is in sight, and at the end of the page, nothing is seen to move.
      const { top } = component.getBoundingClientRect();
      const isLast = find("#main").getBoundingClientRect().bottom - top - height < 96;
      if (isLast || top + height > innerHeight) return;
      component.classList.add("roomy");
      component.style.minHeight = `${height}px`;
    });
  }

  // What follows at once from what the reader does may move.
  document.addEventListener("click", () => setTimeout(() => all(".roomy").forEach(component => {
    component.classList.remove("roomy");
    component.style.minHeight = "";
  })));

  /** Dims what will be replaced; only if that takes a while, a skeleton takes its place. */
  function outdate(component, waiting) {
    component.classList.add("stale");
    setTimeout(() => {
      // The fragment that was waited for has other classes.
      if (!component.classList.contains("stale")) return;
      component.classList.remove("stale");
      component.style.height = `${component.offsetHeight}px`;
      component.classList.add("held");
      component.replaceChildren(...waiting.childNodes);
      equip(component);
    }, 400);
  }

  // ---- Windows: dialogs, popovers, shortcuts ----

  const float = find(".float");

  /** Shows as windows the dialogs that the page says are open. */
  function openDialogs() {
    for (const dialog of all("dialog[open]:not(:modal)")) {
      dialog.removeAttribute("open");
      dialog.showModal();
      raise();
    }
  }

  /** Messages stand above the windows. */
  function raise() {
    if (!float?.showPopover) return;
    float.popover = "manual";
    if (float.matches(":popover-open")) float.hidePopover();
    float.showPopover();
  }

  /** Drops what was typed into the forms of a dialog that closes: whoever opens it again begins anew. */
  function abandon(dialog) {
    for (const own of all("form", dialog)) {
      own.reset();
      forgive(own);
      all(".range", own).forEach(paintRange);
    }
  }

  document.addEventListener("close", ({ target }) => {
    if (target.tagName !== "DIALOG") return;
    abandon(target);
    if (!find("dialog:modal") && float?.matches(":popover-open")) {
      float.hidePopover();
      float.removeAttribute("popover");
    }
    // Closed by the user, by Escape: the server does not know yet.
    if (target.dataset.value === "true") {
      target.dataset.value = "";
      post({ name: target.dataset.field, value: "" });
    }
  }, true);

  /** Closes popovers, but for that which holds an element. */
  function closePopovers(but) {
    for (const panel of all(".popover-panel:not([hidden])")) {
      const popover = panel.closest(".popover");
      if (but && (popover.contains(but) || but.closest(".float, dialog"))) continue;
      panel.hidden = true;
      find("[aria-expanded]", popover).click();
      if (!but) find("[aria-expanded]", popover).focus();
    }
  }

  /** Keeps open panels inside of the window. */
  function fitPanels() {
    for (const panel of all(".popover-panel:not([hidden])")) {
      panel.style.translate = "";
      const { left, right } = panel.getBoundingClientRect();
      const shift = Math.min(0, root.clientWidth - 8 - right) || Math.max(0, 8 - left);
      if (shift) panel.style.translate = `${shift}px`;
    }
  }

  addEventListener("resize", fitPanels);

  const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform ?? "");
  const keyNames = { " ": "space", arrowup: "up", arrowdown: "down", arrowleft: "left", arrowright: "right" };

  /** The shortcuts that pressed keys stand for; what takes Shift to be typed, as `?` does, needs no `shift`. */
  function shortcuts({ key, ctrlKey, metaKey, altKey, shiftKey }) {
    const lower = key.toLowerCase();
    const name = keyNames[lower] ?? lower;
    const controls = ctrlKey || metaKey ? [] : [""];
    if (ctrlKey !== metaKey && (isMac ? metaKey : ctrlKey)) controls.push("mod");
    if (ctrlKey && !metaKey) controls.push("ctrl");
    const shifts = shiftKey ? ["shift"] : [""];
    if (shiftKey && name.length === 1 && lower === key.toUpperCase()) shifts.push("");
    return controls.flatMap(control => shifts.map(shift => [control, altKey && "alt", shift, name].filter(Boolean).join("+")));
  }

  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const isField = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (isField && !event.ctrlKey && !event.metaKey && !event.altKey) return;
    const pressed = shortcuts(event);
    const within = find("#confirm:modal") ?? find("dialog:modal") ?? document;
    const button = all("[data-shortcut]", within).find(it => pressed.includes(it.dataset.shortcut) && !it.disabled && it.checkVisibility());
    if (!button) return;
    event.preventDefault();
    // What is being entered counts first.
    if (isField) event.target.dispatchEvent(new Event("change", { bubbles: true }));
    button.click();
  });

  htmx.registerExtension("appspec", {
    htmx_before_morph_node(_, { oldNode, newNode }) {
      if (newNode.nodeType !== Node.ELEMENT_NODE) return true;
      if (newNode.hasAttribute("data-keep")) {
        kept.add(oldNode);
        return false;
      }
      if (newNode.dataset.kind && find(":scope > .skeleton", newNode) && find(":scope > :not(.skeleton)", oldNode)) {
        outdate(oldNode, newNode);
        return false;
      }
      if (newNode.dataset.kind && find(":scope > .skeleton", oldNode) && !newNode.hidden) keepRoom(oldNode);
      if (oldNode.tagName === "DETAILS") newNode.open = oldNode.open;
      if (oldNode.tagName === "DIALOG" && oldNode.open) {
        // The attribute alone would leave the window behind.
        if (newNode.open && oldNode.matches(":modal")) return true;
        if (!newNode.open) {
          oldNode.dataset.value = "";
          // Before what is in it goes: the event comes later.
          abandon(oldNode);
          oldNode.close();
        }
      }
      if (newNode.dataset.kind) remember(oldNode, newNode);
      return true;
    },
  });

  on("after:settle", ({ task }) => {
    const typed = new Set(all(":focus", task.target).filter(isTyping).map(control => control.name));
    for (const [control, state] of shown.splice(0)) show(control, state);
    const isKept = element => [...kept].some(node => node.contains(element));
    const fresh = all("[name]", task.target).filter(c => c.form === form && isField(c) && !typed.has(c.name) && !isKept(c));
    if (form) hold(new Set(fresh.map(control => control.name)));
    kept.clear();
    locate();
    equip(task.target);
  });

  // ---- What lives in the page ----

  function equip(element) {
    for (const [id, [said, typed]] of hidden) {
      const control = document.getElementById(id);
      if (control && equal(original(control), said)) show(control, typed);
      if (control) hidden.delete(id);
    }
    all(".range", element).forEach(paintRange);
    all(".pick-all", element).forEach(paintWhole);
    all(".multi-search", element).filter(search => search.value).forEach(sift);
    all("[data-color]", element).forEach(e => { e.style.color = e.dataset.color; });
    all("[data-dismiss]", element).forEach(button => { button.hidden = false; });
    openDialogs();
    fitPanels();
    element.dispatchEvent(new CustomEvent("appspec:equip", { bubbles: true }));
  }

  function paintRange(range) {
    const inputs = all("input", range);
    for (const input of inputs) {
      if (!input.dataset.for) continue;
      // What the server or the user has put into the field moves its handle.
      input.value = placeOf(fieldOf(input)) ?? input.value;
      input.setAttribute("aria-valuetext", wordsOf(input));
    }
    const ends = inputs.map(input => (input.value - input.min) / (input.max - input.min || 1)).sort((a, b) => a - b);
    range.style.setProperty("--low", inputs.length > 1 ? ends[0] : 0);
    range.style.setProperty("--high", ends.at(-1));
    const output = find("output", range.parentElement);
    if (output) output.textContent = inputs.sort((a, b) => a.value - b.value).map(wordsOf).join(" – ");
  }

  /** The options of a field behind a handle that are places of it: not the empty one. */
  const marks = field => [...field.options].filter(option => option.value);

  /** Where the handle of a field stands; none if the field is empty. */
  function placeOf(field) {
    if (!field.value) return null;
    return field.options ? marks(field).indexOf(field.selectedOptions[0]) : field.valueAsNumber / 1000;
  }

  function wordsOf(input) {
    const field = fieldOf(input);
    if (!field.value) return "–";
    if (field === input) return written.format(field.value);
    if (field.options) return field.selectedOptions[0].label;
    const [date, time] = field.value.split("T");
    if (root.lang.startsWith("en") || !date.includes("-")) return field.value.replace("T", " ");
    const digits = new Date(date).toLocaleDateString(root.lang, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
    return time ? `${digits} ${time}` : digits;
  }

  /** Puts into a field what its handle points at. */
  function fill(handle) {
    const field = fieldOf(handle);
    if (field === handle) return;
    if (field.options) marks(field)[handle.value].selected = true;
    else field.valueAsNumber = handle.value * 1000;
  }

  document.addEventListener("input", ({ target }) => {
    const range = target.closest?.(".range");
    if (range) {
      // The two ends of a range push each other, so that low stays below high.
      const [low, high] = all("input", range);
      if (high && +low.value > +high.value) (target === low ? high : low).value = target.value;
      all("input", range).forEach(fill);
      paintRange(range);
    } else if (target.type === "color") {
      find("output", target.parentElement).textContent = target.value;
    } else if (target.matches?.(".multi-search")) {
      sift(target);
    }
  });

  document.addEventListener("change", ({ target }) => {
    const field = fieldOf(target);
    if (field !== target) field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const boxesOf = whole => all("tbody .pick input", whole.closest("table"));

  /** Shows in the box above all others whether they are ticked. */
  function paintWhole(whole) {
    const boxes = boxesOf(whole);
    const ticked = boxes.filter(box => box.checked).length;
    whole.checked = ticked > 0 && ticked === boxes.length;
    whole.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches(".pick-all")) {
      const boxes = boxesOf(target);
      for (const box of boxes) box.checked = target.checked;
      boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (target.closest(".pick")) {
      all(".pick-all", target.closest("table")).forEach(paintWhole);
    }
  });

  // A click anywhere on a row selects it; with Shift, all between it and the last one.
  let lastPicked = null;
  document.addEventListener("click", event => {
    const { target, shiftKey } = event;
    const row = target.closest?.("tbody tr");
    const box = row && find(".pick input", row);
    if (!box || box.disabled) return;
    const isBox = target === box;
    const isOwn = row.contains(target.closest("a, button, input, label, summary, [tabindex]"));
    if (!isBox && (isOwn || (!shiftKey && getSelection().type === "Range"))) return;
    const boxes = boxesOf(box);
    if (shiftKey && box.type === "checkbox" && boxes.includes(lastPicked)) {
      const [from, to] = [lastPicked, box].map(it => boxes.indexOf(it)).sort((a, b) => a - b);
      const on = isBox ? box.checked : !box.checked;
      for (const between of boxes.slice(from, to + 1)) if (between !== box) between.checked = on;
    }
    lastPicked = box;
    if (!isBox) box.click();
  });
  document.addEventListener("mousedown", event => {
    // It is no selection of text.
    if (event.shiftKey && event.target.closest?.("tbody tr:has(> .pick input)")) event.preventDefault();
  });

  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /** Shows the options of a list that hold what is searched. */
  function sift(search) {
    for (const option of all(".check", search.parentElement)) {
      option.hidden = !plain(option.textContent).includes(plain(search.value.trim()));
    }
  }

  for (const name of ["mouseover", "focusin"]) {
    document.addEventListener(name, ({ target }) => {
      const tooltip = find('[role="tooltip"]', target.closest?.(".tip") ?? document.createElement("i"));
      if (!tooltip) return;
      tooltip.style.translate = "";
      const over = tooltip.getBoundingClientRect().right - root.clientWidth + 8;
      if (over > 0) tooltip.style.translate = `${-over}px`;
    });
  }

  /** Whether the pointer is outside of an element's box. */
  function isBeside(element, { clientX, clientY }) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return clientX < left || clientX > right || clientY < top || clientY > bottom;
  }

  document.addEventListener("click", event => {
    const { target, detail } = event;
    // Enter in a field is a click on a button too, but none beside the list.
    for (const list of detail ? all(".multi[open]") : []) if (!list.contains(target)) list.open = false;
    closePopovers(target);
    // Beside the window: its backdrop is part of the dialog.
    if (target.tagName === "DIALOG" && target.matches(":modal") && isBeside(target, event)) target.close();
    target.closest?.("[data-dismiss]")?.closest(".notice").remove();
    const link = target.closest?.("a[href]");
    if (link && link.origin === location.origin) carry();
  });

  document.addEventListener("keydown", event => {
    const list = event.key === "Escape" && event.target.closest?.(".multi[open]");
    if (list) {
      list.open = false;
      find("summary", list).focus();
    } else if (event.key === "Escape" && !find("dialog:modal") && find(".popover-panel:not([hidden])")) closePopovers();
    const multi = event.target.closest?.(".multi-list");
    if (multi && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      const stops = all("input:not([type=hidden])", multi).filter(stop => stop.checkVisibility());
      stops.at((stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)) % stops.length).focus();
      event.preventDefault();
    }
    if (event.key === "Enter" && event.target.matches?.(".multi-search")) event.preventDefault();
    const tab = event.target.closest?.('[role="tab"]');
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (tab && step) {
      const tabs = all('[role="tab"]', tab.parentElement);
      tabs.at((tabs.indexOf(tab) + step) % tabs.length).focus();
      event.preventDefault();
    }
  });

  /** Lets the next page know which view it follows, so that the app's state moves along. */
  function carry() {
    if (form) document.cookie = `appspec_from=${encodeURIComponent(find("#view-id").value)}; path=/; max-age=10; samesite=strict`;
  }

  // This page has come from there: a reload, which starts anew, must not.
  document.cookie = "appspec_from=; path=/; max-age=0; samesite=strict";

  function follow(path) {
    carry();
    location.assign(path);
  }

  const since = new WeakMap();
  setInterval(() => {
    for (const skeleton of all("[data-since-ms]")) {
      if (!since.has(skeleton)) since.set(skeleton, performance.now() - skeleton.dataset.sinceMs);
      const seconds = Math.floor((performance.now() - since.get(skeleton)) / 1000);
      if (seconds) find(".elapsed", skeleton).textContent = say("{n} s").replace("{n}", seconds);
    }
  }, 500);

  const toasts = find("#toasts");
  const expire = toast => setTimeout(() => toast.remove(), 6000);
  if (toasts) {
    [...toasts.children].forEach(expire);
    new MutationObserver(records => records.forEach(record => record.addedNodes.forEach(expire)))
      .observe(toasts, { childList: true });
  }

  equip(document.body);
  locate();

  // What was not ready when the page went out follows in a stream of fragments.
  const late = document.body.dataset.late;
  if (late) {
    posting.add(undefined);
    htmx.ajax("GET", late, { source: wire, swap: "none" });
  } else {
    listenSoon();
  }
})();
