// Pages that work in Internet Explorer only, with the attribute that opens their gates, and SharePoint's presence marks.

import { readFile } from "node:fs/promises";

import { expect, test } from "../support/test.js";
import { busyErika, errors, openOldPage, signedIn } from "./old-page.js";

const IE = "data-internet-explorer";

/** Opens a page whose tag has the attribute. */
const openPage = (page, host, server, options) => openOldPage(page, host, server, { attribute: IE, ...options });

const gates = (page) =>
  page.evaluate(() => {
    const presence = navigator.mimeTypes["application/x-sharepoint-uc"];
    const agent = navigator.userAgent.toLowerCase();
    return {
      agent: agent.indexOf("msie ") > 0 && parseFloat(agent.substring(agent.indexOf("msie ") + 5)) >= 5.5,
      digit: /MSIE [5-9]\./.test(navigator.userAgent),
      windows: agent.indexOf("windows nt") > 0 && navigator.platform === "Win32",
      version: /MSIE/.test(navigator.appVersion) && parseInt(navigator.appVersion, 10) >= 4,
      name: navigator.appName === "Microsoft Internet Explorer",
      others: /chrome|safari|gecko/.test(agent),
      mode: document.documentMode >= 8,
      plugIn: Boolean(presence?.enabledPlugin),
    };
  });

test("the gates of old pages open where the tag says so, and nowhere else", async ({ page, host, server, said }) => {
  const open = { agent: true, digit: true, windows: true, version: true, name: true, mode: true, plugIn: true };
  await openPage(page, host, server);
  expect(await gates(page)).toEqual({ ...open, others: false });
  await signedIn(page);
  await openOldPage(page, host, server);
  expect(await gates(page)).toMatchObject({ agent: false, name: false, others: true, mode: false, plugIn: false });
  expect(await page.evaluate(() => [typeof document.images, typeof window.attachEvent])).toEqual([
    "object",
    "undefined",
  ]);
  expect(errors(said)).toEqual([]);
});

test("the attribute alone is no setting: the widget's own tag is waited for", async ({ page, host, server }) => {
  host.file("favicon.ico", "");
  const head = `<script ${IE} src="${host.url}/widget/legacy.js"></script>`;
  const widget = `<script src="${host.url}/widget/mistatus.js" data-server="${server.stream}" data-signin-name="franz@example.com"></script>`;
  await page.goto(host.page(`<p>Both</p>${widget}`, { head }));
  await expect.poll(() => page.evaluate(() => new ActiveXObject("Messenger.UIAutomation").MyStatus)).toBe(2);
  expect(await page.evaluate(() => document.querySelectorAll("script[src*='mistatus.js']").length)).toBe(1);
});

test("the widget's own elements do not mind what the document has", async ({ page, host, server, person, said }) => {
  const erika = await person("erika@example.com", "franz@example.com");
  await openPage(page, host, server, {
    body: "<mi-my-status>…</mi-my-status><mi-contact-list>…</mi-contact-list><div id='talk'></div>",
  });
  await signedIn(page);
  await page.evaluate(() => {
    const messenger = new ActiveXObject("Messenger.UIAutomation");
    messenger.AddContact(0, "erika@example.com");
    document.getElementById("talk").innerHTML = '<mi-conversation contact="erika@example.com" open></mi-conversation>';
  });
  await page.getByRole("button", { name: /^My status/ }).click();
  await page.getByRole("menuitemradio", { name: "Busy", exact: true }).click();
  await erika.sees("Busy");
  await expect(page.getByRole("treeitem", { name: /erika/i })).toBeVisible();
  await page.getByRole("textbox", { name: /message/i }).fill("Hello");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("Hello");
  expect(errors(said)).toEqual([]);
});

const CONDITIONAL = `
  var isExplorer = /*@cc_on!@*/false, version = 0, made = "none", branch = 0, it = /['"]/.test("it's");
  /*@cc_on version = @_jscript_version; @*/
  /*@if (@_win32 && @_jscript_version >= 5)
    try { made = new ActiveXObject("Name.NameCtrl.1").PresenceEnabled; } catch (e) { made = "it's not there"; }
  @else
    made = "else";
  @end @*/
  /*@if (@_win32) // on Windows
    @set @branch = 1 // the branch that is taken
  @else
    @set @branch = 2
  @end
  branch = @branch; @*/
  //@if (@_mac)
  //@ made = "mac";
  //@end
  seen.push([isExplorer, version > 5, made, it, branch]);`;

const RAN = [true, true, true, true, 1];

test("scripts run what they compile on conditions, in the page and in files, in their order", async ({
  page,
  host,
  server,
  said,
}) => {
  host.file("conditional.js", CONDITIONAL);
  host.file("plain.js", "seen.push('plain');");
  const scripts = `<script>var seen = [];</script>
    <script src="/conditional.js"></script><script>seen.push("between");</script>
    <script src="/plain.js"></script><script>${CONDITIONAL}</script>
    <script type="text/plain" id="text">/*@cc_on text @*/</script>`;
  host.file("writing.js", '/*@cc_on document.write("<b>wri" + "tten</b>"); @*/');
  const writing = '<p id="p">What is <script src="/writing.js"></script> is read</p>';
  await openPage(page, host, server, { head: scripts, body: `<script>${CONDITIONAL}</script>${writing}` });
  expect(await page.evaluate(() => window.seen)).toEqual([RAN, "between", "plain", RAN, RAN]);
  await expect(page.locator("#p")).toHaveText("What is written is read", { useInnerText: true });
  expect(await page.evaluate(() => document.querySelector("#text").textContent)).toBe("/*@cc_on text @*/");
  await openPage(page, host, server, { attribute: "", head: scripts });
  expect(await page.evaluate(() => window.seen[0])).toEqual([false, false, "none", true, 0]);
  expect(errors(said)).toEqual([]);
});

test("a strict policy keeps scripts in files as they are, and everything else works", async ({
  page,
  host,
  server,
}) => {
  host.policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws:; img-src 'self'";
  host.file("seen.js", "var seen = [];");
  host.file("conditional.js", CONDITIONAL);
  try {
    await openPage(page, host, server, {
      head: '<script src="/seen.js"></script><script src="/conditional.js"></script>',
      body: '<img id="mark" sip="erika@example.com">',
    });
    expect(await page.evaluate(() => window.seen)).toEqual([[false, false, "none", true, 0]]);
    await signedIn(page);
    expect(await gates(page)).toMatchObject({ agent: true, plugIn: true });
    expect(await page.evaluate(() => document.images("mark").sip)).toBe("erika@example.com");
  } finally {
    host.policy = "";
  }
});

test("the document has what Internet Explorer's had beside that of today", async ({ page, host, server, said }) => {
  await openPage(page, host, server, {
    body: `<form name="f"><input name="i" value="7"><select id="s"><option>a<option>b</select></form>
      <table id="t"><tr><td>first<td><img id="mark" sip="erika@example.com" ShowOfflinePawn=1></table>
      <object id="control" classid="clsid:B69003B3-C55E-4B48-836C-BC5946FC3B28"></object>
      <button id="b">button</button>`,
  });
  const seen = await page.evaluate(() => {
    const img = document.images("mark");
    const table = document.getElementById("t");
    const button = document.getElementById("b");
    const heard = [];
    button.onfocusin = (event) => {
      heard.push(["in", event.type, button === event.srcElement]);
    };
    button.onfocusout = () => {
      heard.push(["never"]);
    };
    button.onfocusout = () => {
      heard.push(["out"]);
    };
    const attached = function (event) {
      heard.push(["attached", event.type, this === window]);
      return false;
    };
    const detached = () => heard.push(["detached"]);
    button.attachEvent("onclick", attached);
    button.attachEvent("onclick", attached);
    button.attachEvent("onclick", detached);
    button.detachEvent("onclick", detached);
    window.attachEvent("onhashchange", attached);
    document.attachEvent("onclick", attached);
    button.focus();
    button.blur();
    button.click();
    window.dispatchEvent(new Event("hashchange"));
    return {
      heard,
      calls: [
        img === document.images[0],
        img === document.images(0),
        document.images("nobody"),
        document.images.length,
        table.rows(0).cells(1).children(0) === img,
        table.rows(0).cells(0).textContent,
        document.forms("f").elements("i").value,
        document.getElementById("s").options(1).text,
        Array.from(document.images).length,
        [].slice.call(document.images)[0] === img,
        document.images instanceof HTMLCollection,
        document.images === img.ownerDocument.images,
        "mark" in document.images,
      ],
      attributes: [img.sip, img.ShowOfflinePawn, typeof img.Sortable, img.title, "sip" in img, img.nodeName],
      own: [(img.sip = "other"), img.sip, img.getAttribute("sip")],
      control: document.getElementById("control").attachEvent("OnSignin", () => {}),
      name: document.getElementById("control").MyServiceName,
    };
  });
  expect(seen).toEqual({
    heard: [
      ["in", "focusin", true],
      ["out"],
      ["attached", "click", true],
      ["attached", "click", true],
      ["attached", "hashchange", true],
    ],
    calls: [true, true, null, 1, true, "first", "7", "b", 1, true, true, true, true],
    attributes: ["erika@example.com", "1", "undefined", "", false, "IMG"],
    own: ["other", "other", "erika@example.com"],
    control: true,
    name: "mistatus",
  });
  expect(errors(said)).toEqual([]);
});

test("SharePoint's marks show who is there, follow them, and have their card", async ({
  page,
  host,
  server,
  person,
  said,
}) => {
  const marks = await readFile(new URL("sharepoint-marks.js", import.meta.url), "utf8");
  host.file("marks.js", marks);
  for (const name of ["blank", "imnon", "imnoff", "imnaway", "imnbusy", "imnhdr"]) {
    host.file(`images/${name}.svg`, '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12"/>');
  }
  const erika = await busyErika(person);
  const mark = (id, name, more = "") =>
    `<p><span><img border="0" src="/images/blank.svg" width="12" height="12" alt="" onload="IMNRC('${name}')" id="${id}" ${more}><a href="#">${name}</a></span></p>`;
  await openPage(page, host, server, {
    head: '<script src="/marks.js"></script>',
    body: mark("imn1", "erika@example.com") + mark("imn2", "gustav@example.com", "ShowOfflinePawn=1"),
  });
  await expect(page.locator("#imn1")).toHaveAttribute("src", /imnbusy\.svg$/);
  await expect(page.locator("#imn2")).toHaveAttribute("src", /imnoff\.svg$/);
  await erika.choose("Away");
  await expect(page.locator("#imn1")).toHaveAttribute("src", /imnaway\.svg$/);

  const card = page.getByRole("dialog", { name: /erika/i });
  await page.locator("#imn1").hover();
  await expect(card.getByRole("img", { name: "Away" })).toBeVisible();
  await page.mouse.move(700, 500);
  await expect(card).toBeHidden();
  await page.bringToFront();
  await page.locator("a").first().focus();
  await expect(card.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(card).toBeHidden();
  expect(errors(said)).toEqual([]);
});
