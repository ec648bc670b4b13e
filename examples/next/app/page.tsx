// Begun by the server for whoever the address names: /?as=bob@example.com.

import { Presence } from "./presence";

export default async function Page({ searchParams }: { searchParams: Promise<{ as?: string }> }) {
  const { as: me = "alice@example.com" } = await searchParams;
  return <Presence me={me} server={process.env.PRESENCE_SERVER ?? "ws://127.0.0.1:8787/stream"} />;
}
