// Which names scripts created objects by. Any letter case; a version number means the same object.

export const MESSENGER = "messenger.uiautomation";
export const COMMUNICATOR = "communicator.uiautomation";
export const NAME = "name.namectrl";

/**
 * Returns which object a ProgID means; undefined for those of others.
 * @param {unknown} progId
 */
export function objectOf(progId) {
  const name = String(progId).trim().toLowerCase().replace(/\.1$/, "");
  return [MESSENGER, COMMUNICATOR, NAME].includes(name) ? name : undefined;
}
