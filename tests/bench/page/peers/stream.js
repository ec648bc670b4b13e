// What a page needs of the event stream to follow people: the least of docs/PROTOCOL.md that works, for both peers. It
// leaves out what our client does beside it: going on after a break, gaps, stale values, other tabs.

const BATCH = 100;
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 30_000;

/**
 * Follows people.
 * @param {string[]} names
 * @param {(contacts: { name: string, status: number }[]) => void} tell
 */
export function follow(names, tell) {
  let wait = FIRST_WAIT_MS;
  const open = async () => {
    const response = await fetch("/presence-token", { cache: "no-store" });
    const token = (await response.text()).trim();
    const socket = new WebSocket(new URL("/stream", location.href.replace(/^http/, "ws")), "mistatus.v1");
    const send = (frame) => socket.send(JSON.stringify(frame));
    socket.onopen = () => send({ type: "signin", token });
    socket.onclose = again;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      switch (frame.type) {
        case "signed-in":
          wait = FIRST_WAIT_MS;
          for (let at = 0; at < names.length; at += BATCH) {
            send({ type: "watch", id: 1 + at / BATCH, names: names.slice(at, at + BATCH) });
          }
          break;
        case "snapshot":
          tell([...frame.contacts, ...(frame.watched ?? [])]);
          break;
        case "changes":
          tell(frame.changes);
          break;
        case "ping":
          send({ type: "pong" });
          break;
      }
    };
  };
  const again = () => {
    setTimeout(() => open().catch(again), Math.random() * wait);
    wait = Math.min(wait * 2, LAST_WAIT_MS);
  };
  open().catch(again);
}
