// What is searched, and how: the same where the index is made and where it is read.

export const OPTIONS = {
  fields: ["title", "page", "text"],
  storeFields: ["title", "page"],
  searchOptions: {
    boost: { title: 4, page: 2 },
    // A decision is seldom what somebody looks for first.
    boostDocument: (/** @type {string} */ id) => (/^(decisions|changelog)/.test(id) ? 0.3 : 1),
    combineWith: /** @type {const} */ ("AND"),
    fuzzy: (/** @type {string} */ term) => (term.length > 4 ? 0.2 : false),
    prefix: true,
  },
};
