// Holds requests back until a test lets them pass.

/**
 * Lets what a page asks for at an address wait; returns a function that lets it pass.
 *
 * @param {import("@playwright/test").Page} page
 * @param {string | RegExp} address as `page.route` takes it
 */
export async function gate(page, address) {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  await page.route(address, async (route) => {
    await opened;
    await route.continue();
  });
  return open;
}
