// The page as React 19 and Fluent UI have it: a badge for each person, which subscribes to that person alone, so that a
// change renders one badge.

import { PresenceBadge } from "@fluentui/react-badge";
import { FluentProvider } from "@fluentui/react-provider";
import { webLightTheme } from "@fluentui/react-theme";
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";

import { follow } from "./stream.js";

const BADGES = { 1: "offline", 2: "available", 10: "busy", 18: "away", 34: "away", 114: "do-not-disturb" };

const root = document.querySelector("#root");
const people = JSON.parse(root.dataset.people);
const statuses = new Map();
const listeners = new Map();

function Badge({ name }) {
  const status = useSyncExternalStore(
    (listener) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
    () => statuses.get(name),
  );
  return <PresenceBadge size="small" status={BADGES[status] ?? "unknown"} />;
}

createRoot(root).render(
  <FluentProvider theme={webLightTheme}>
    {people.map(({ name, shownAs }) => (
      <span key={name}>
        <Badge name={name} /> {shownAs}{" "}
      </span>
    ))}
  </FluentProvider>,
);

follow(
  people.map(({ name }) => name),
  (contacts) => {
    for (const { name, status } of contacts) {
      if (statuses.get(name) !== status) {
        statuses.set(name, status);
        listeners.get(name)?.();
      }
    }
  },
);
