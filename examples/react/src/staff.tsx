// Two people with their statuses: attributes follow the state, and the state follows events.

import "mistatus/define";
import type {} from "mistatus/react";
import { useState } from "react";

const PEOPLE = ["alice@example.com", "bob@example.com"];

export function Staff({ me }: { me: string }) {
  const [label, setLabel] = useState<"status" | "full">("status");
  const [news, setNews] = useState("");
  return (
    <mi-messenger server="ws://127.0.0.1:8787/stream" signin-name={me}>
      <mi-my-status>…</mi-my-status>
      <label>
        <input type="checkbox" onChange={(event) => setLabel(event.target.checked ? "full" : "status")} />
        Names
      </label>
      <ul>
        {PEOPLE.map((person) => (
          <li key={person}>
            <mi-status
              contact={person}
              label={label}
              onmi-status-change={({ detail }) => setNews(`${detail.contact} has status ${detail.status}`)}
            >
              {person}
            </mi-status>
          </li>
        ))}
      </ul>
      <p role="status">{news}</p>
    </mi-messenger>
  );
}
