// The locale ids of MMESSENGERPROP_PLCID: the 26 languages of the old clients (§2.2). Numbers only.

const LCIDS =
  "en=409 de=407 ja=411 ko=412 zh-tw=404 zh-hant=404 zh-hk=404 zh=804 fr=40c es=c0a sv=41d it=410 no=414 nb=414 nn=414 pt-pt=816 pt=416 nl=413 da=406 fi=40b cs=405 pl=415 hu=40e ru=419 tr=41f el=408 sk=41b sl=424 ar=401 he=40d";

/**
 * Returns the locale id of a language tag: of the tag, else of its language, else that of English.
 * @param {string} language
 */
export function lcid(language) {
  const table = new Map(LCIDS.split(" ").map((entry) => /** @type {[string, string]} */ (entry.split("="))));
  const tag = language.toLowerCase();
  const longer = [...table.keys()].find((key) => key.includes("-") && tag.startsWith(key));
  return Number.parseInt(/** @type {string} */ (table.get(longer ?? tag.split("-")[0]) ?? table.get("en")), 16);
}
