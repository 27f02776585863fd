"use strict";

// The chat as a phone shows it. Everything that comes from elsewhere is set as text, never as HTML.

const byId = (id) => document.getElementById(id);
let shown = "";
let staffShown = "";
let repliesTo = null;
// Whose chat is being drawn: presses of its buttons are that person's.
let tapPath = "/api/do/tap";

function element(name, classes, text) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body || {}),
  });
  await refresh();
  return answer.ok ? answer.json() : {};
}

function press(path, action, message) {
  return post(path, { data: action.data, shown: action.displayText || "", message });
}

function drawAction(action, classes) {
  if (action.type === "uri") {
    const link = element("a", classes, action.label);
    // LINE's browser for pages: the sandbox plays it.
    const address = action.uri.replace(/^https:\/\/liff\.line\.me\/[^/]+\//, `${location.origin}/liff/open/`);
    if (/^(https?|tel):/.test(address)) link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  const made = element("button", classes, action.label);
  made.type = "button";
  const path = tapPath;
  made.addEventListener("click", () => press(path, action));
  return made;
}

const drawers = {
  box(part) {
    const made = element("div", "box " + part.layout);
    if (part.spacing) made.classList.add("gap-" + part.spacing);
    if (part.margin) made.classList.add("margin-" + part.margin);
    for (const inner of part.contents) {
      const drawn = draw(inner);
      if (part.layout !== "vertical" && inner.flex === undefined) drawn.classList.add("grow-1");
      made.append(drawn);
    }
    return made;
  },
  text(part) {
    const made = element("span", "words", part.text);
    if (part.size) made.classList.add("size-" + part.size);
    if (part.weight === "bold") made.classList.add("bold");
    if (part.scaling) made.classList.add("scales");
    if (part.color) made.style.color = part.color;
    if (part.margin) made.classList.add("margin-" + part.margin);
    if (part.flex !== undefined) made.classList.add("grow-" + part.flex);
    return made;
  },
  button(part) {
    const made = drawAction(part.action, part.style || "link");
    if (part.height === "sm") made.classList.add("low");
    if (part.scaling) made.classList.add("scales");
    if (part.adjustMode === "shrink-to-fit") made.classList.add("fits");
    return made;
  },
  separator() {
    return element("hr", "separator");
  },
  filler() {
    return element("span");
  },
};

function draw(part) {
  const drawer = drawers[part.type];
  return drawer ? drawer(part) : element("span", "muted", "[" + part.type + "]");
}

function widthOf(label) {
  const range = document.createRange();
  range.selectNodeContents(label);
  return range.getBoundingClientRect().width;
}

// As LINE does: a label that is too long for its line gets smaller letters.
function shrinkToFit(root) {
  for (const label of root.querySelectorAll(".fits")) {
    label.style.fontSize = "";
    const style = getComputedStyle(label);
    const room = label.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    let size = parseFloat(style.fontSize);
    while (widthOf(label) > room && size > 9) {
      size -= 0.5;
      label.style.fontSize = size + "px";
    }
  }
}

// Draws what is new or another and leaves the rest, so that focus stays where it is.
function drawItems(list, items, drawOne) {
  const before = list.drawn || [];
  const now = items.map((item) => JSON.stringify(item));
  now.forEach((item, at) => {
    if (item === before[at]) return;
    const drawn = drawOne(items[at]);
    if (at < list.children.length) list.children[at].replaceWith(drawn);
    else list.append(drawn);
    shrinkToFit(drawn);
  });
  while (list.children.length > items.length) list.lastChild.remove();
  list.drawn = now;
}

// The rich menu: a picture with places to press, and the bar that closes it.
function drawMenu(place, menu) {
  const number = menu ? menu.number : "";
  if (place.dataset.number === number) return;
  place.dataset.number = number;
  place.replaceChildren();
  if (!menu) return;
  const tiles = element("div", "tiles");
  const picture = element("img");
  picture.src = "/menu/" + number + ".png";
  picture.alt = "";
  tiles.append(picture);
  for (const area of menu.areas) {
    const press = drawAction(area.action, "");
    press.textContent = "";
    press.setAttribute("aria-label", area.action.displayText || area.action.label);
    const { x, y, width, height } = area.bounds;
    press.style.left = (100 * x) / menu.size.width + "%";
    press.style.top = (100 * y) / menu.size.height + "%";
    press.style.width = (100 * width) / menu.size.width + "%";
    press.style.height = (100 * height) / menu.size.height + "%";
    tiles.append(press);
  }
  const bar = element("button", "bar", menu.chatBarText + " ▾");
  bar.type = "button";
  bar.setAttribute("aria-expanded", "true");
  bar.addEventListener("click", () => {
    tiles.hidden = !tiles.hidden;
    bar.setAttribute("aria-expanded", String(!tiles.hidden));
  });
  place.append(bar, tiles);
}

function drawPicture(address) {
  const link = element("a", "picture");
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  if (/^https?:/.test(address)) link.href = address;
  const image = element("img");
  image.src = address;
  image.alt = "";
  link.append(image);
  return link;
}

function drawMessage(message) {
  if (message.type === "text") return element("div", "bubble", message.text);
  if (message.type === "image") return drawPicture(message.originalContentUrl);
  if (message.type !== "flex") return element("div", "bubble", "[" + message.type + "]");
  const card = element("div", "flex");
  for (const block of ["header", "body", "footer"]) {
    if (!message.contents[block]) continue;
    const drawn = draw(message.contents[block]);
    drawn.classList.add("block", block);
    card.append(drawn);
  }
  return card;
}

function drawItem(item) {
  if (item.from === "loading") return element("div", "item bubble loading", "•••");
  const clock = item.at.slice(11, 16);
  if (item.from === "system") return element("div", "item system", clock + " " + item.text);
  const made = element("div", "item " + item.from);
  made.append(item.from === "me" ? element("div", "bubble", item.text) : drawMessage(item.message));
  made.append(element("time", "", clock));
  return made;
}

function drawInline(item) {
  const keyboard = element("div", "inline");
  for (const row of item.buttons || []) {
    const drawn = element("div", "row");
    for (const button of row) {
      const style = button.style || "";
      if (button.url) {
        drawn.append(drawAction({ type: "uri", label: button.text, uri: button.url }, style));
      } else if (button.copy_text) {
        const made = element("button", style, "⧉ " + button.text);
        made.type = "button";
        made.addEventListener("click", () => navigator.clipboard.writeText(button.copy_text.text));
        drawn.append(made);
      } else {
        const made = element("button", style, button.text);
        made.type = "button";
        made.addEventListener("click", () =>
          press("/api/do/staff-tap", { data: button.callback_data }, item.id),
        );
        drawn.append(made);
      }
    }
    keyboard.append(drawn);
  }
  return keyboard;
}

function drawStaffItem(item) {
  const clock = item.at.slice(11, 16);
  const made = element("div", "item " + item.from);
  if (item.message) made.append(drawMessage(item.message));
  else if (item.picture) made.append(drawPicture(item.picture));
  else made.append(element("div", "bubble", item.text));
  if (item.buttons) made.append(drawInline(item));
  const time = element("time", "", clock);
  if (item.from === "office" && item.id) {
    const answer = element("button", "answer", "↩ reply");
    answer.type = "button";
    answer.addEventListener("click", () => {
      repliesTo = item.id;
      byId("staff-reply").hidden = false;
      byId("staff-reply").textContent = "↩ " + (item.text || item.message.altText).slice(0, 60);
      byId("staff-text").focus();
    });
    time.append(answer);
  }
  made.append(time);
  return made;
}

function drawStaff(state) {
  const on = state.staff.on;
  byId("staff-where").textContent = { telegram: "Telegram", line: "LINE", "": "" }[on];
  byId("staff-stranger").hidden = on !== "";
  byId("staff-text").disabled = byId("staff-send").disabled = on === "";
  const chat = JSON.stringify(state.staff);
  if (chat === staffShown) return;
  staffShown = chat;
  tapPath = "/api/do/staff-tap";
  drawItems(byId("staff-chat"), state.staff.chat, drawStaffItem);
  drawMenu(byId("staff-menu"), state.staff.menu);
  tapPath = "/api/do/tap";
  byId("staff-chat").scrollTop = byId("staff-chat").scrollHeight;
}

function drawChat(state) {
  const chat = byId("chat");
  const items = state.loading ? [...state.chat, { from: "loading" }] : state.chat;
  drawItems(chat, items, drawItem);
  const last = state.chat[state.chat.length - 1];
  const quick = last && last.message && last.message.quickReply;
  byId("quick").replaceChildren(
    ...(quick ? quick.items.map((item) => drawAction(item.action, "")) : []),
  );
  chat.scrollTop = chat.scrollHeight;
}

function drawLedger(state) {
  byId("used").textContent = state.used;
  byId("quota").textContent = state.quota === null ? "unlimited" : state.quota;
  byId("ledger").replaceChildren(
    ...state.ledger.toReversed().map((entry) => {
      const row = element("li");
      row.append(entry.at.slice(5, 16).replace("T", " ") + "  ", element("b", "", entry.how));
      row.append(` · ${entry.messages} message(s)${entry.delivered ? "" : " · not delivered: blocked"}`);
      return row;
    }),
  );
}

const MEETING_BUTTONS = [
  ["start", "Host starts", (meeting) => !meeting.started],
  ["join", "Parent joins", () => true],
  ["join-by-browser", "… by browser", () => true],
  ["let-in", "Host lets in", (meeting) => meeting.started && meeting.waiting > 0],
  ["leave", "Parent leaves", (meeting) => meeting.inside + meeting.waiting > 0],
  ["end", "Host ends", (meeting) => meeting.started],
];

function drawMeeting(meeting) {
  const made = element("div", "meeting");
  const state = meeting.started ? "started" : "not started";
  made.append(element("b", "", `${meeting.topic} · ${meeting.start.slice(5, 16).replace("T", " ")}`));
  made.append(element("p", "note", `${state}, ${meeting.inside} inside, ${meeting.waiting} waiting`));
  const buttons = element("div", "buttons");
  for (const [what, label, isPossible] of MEETING_BUTTONS) {
    const button = element("button", "", label);
    button.disabled = !isPossible(meeting);
    button.addEventListener("click", () => post("/api/do/zoom", { what, number: meeting.number }));
    buttons.append(button);
  }
  made.append(buttons);
  return made;
}

let meetingsShown = "";

function drawZoom(zoom) {
  byId("break-zoom").setAttribute("aria-pressed", zoom.broken);
  byId("break-zoom").textContent = zoom.broken ? "Mend Zoom" : "Break Zoom";
  const meetings = JSON.stringify(zoom.meetings);
  if (meetings === meetingsShown) return;
  meetingsShown = meetings;
  byId("meetings").replaceChildren(...zoom.meetings.map(drawMeeting));
  if (zoom.meetings.length === 0) byId("meetings").textContent = "Book, and a room is made.";
}

async function refresh() {
  const answer = await fetch("/api/state");
  if (!answer.ok) return;
  const state = await answer.json();
  const now = new Date(state.now);
  byId("now").textContent = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Tokyo",
    dateStyle: "full",
    timeStyle: "medium",
  }).format(now);
  byId("office").textContent = state.office;
  showLanguages(state);
  byId("stranger").hidden = state.follows;
  byId("text").disabled = byId("send").disabled = !state.follows;
  for (const button of document.querySelectorAll("[data-clock]")) button.disabled = state.turning;
  for (const button of document.querySelectorAll("[data-say]")) button.disabled = !state.follows;
  byId("break").setAttribute("aria-pressed", state.broken);
  byId("break").textContent = state.broken ? "Mend LINE" : "Break LINE";
  byId("broken").hidden = !state.broken;
  drawMenu(byId("menu"), state.follows ? state.menu : null);
  const chat = JSON.stringify([state.chat, state.loading]);
  if (chat !== shown) {
    shown = chat;
    drawChat(state);
  }
  drawStaff(state);
  drawZoom(state.zoom);
  drawLedger(state);
}

for (const on of ["telegram", "line"]) {
  byId("staff-" + on).addEventListener("click", () => post("/api/do/staff-start", { on }));
}
byId("staff-say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("staff-text").value;
  if (!text) return;
  byId("staff-text").value = "";
  byId("staff-reply").hidden = true;
  const answered = repliesTo;
  repliesTo = null;
  post("/api/do/staff-say", { text, replies_to: answered });
});
// The languages in which the phone can be; what was chosen stays chosen.
function showLanguages(state) {
  const select = byId("language");
  if (select.options.length) return;
  for (const [language, name] of Object.entries(state.languages)) {
    select.append(new Option(name, language, false, language === state.language));
  }
}
byId("follow").addEventListener("click", async () => {
  await post("/api/do/language", { language: byId("language").value });
  await post("/api/do/follow");
});
byId("letters").addEventListener("change", (event) => {
  for (const phone of document.querySelectorAll(".phone")) {
    phone.style.setProperty("--letters", event.target.value);
    shrinkToFit(phone);
  }
});
byId("block").addEventListener("click", () => post("/api/do/block"));
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  if (!text) return;
  byId("text").value = "";
  post("/api/do/say", { text });
});
for (const button of document.querySelectorAll("[data-say]")) {
  button.addEventListener("click", () => post("/api/do/say", { text: button.dataset.say }));
}
byId("break").addEventListener("click", () => {
  const isBroken = byId("break").getAttribute("aria-pressed") === "true";
  post("/api/do/" + (isBroken ? "mend" : "break"));
});
byId("break-zoom").addEventListener("click", () => {
  const isBroken = byId("break-zoom").getAttribute("aria-pressed") === "true";
  post("/api/do/zoom", { what: isBroken ? "mend" : "break" });
});
for (const button of document.querySelectorAll("[data-send]")) {
  button.addEventListener("click", () => post("/api/do/send", { kind: button.dataset.send }));
}
for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", async () => {
    byId("clock-note").textContent = "Playing the time in between …";
    const answer = await post("/api/clock/" + button.dataset.clock);
    byId("clock-note").textContent = answer.turned ? "" : "There is no such moment ahead: book first.";
  });
}

refresh();
setInterval(refresh, 700);
