// Two people with their statuses, for whoever the address names: /?as=bob@example.com.

import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from "@angular/core";
import type { StatusChangeDetail } from "mistatus";

@Component({
  selector: "app-staff",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <mi-messenger server="ws://127.0.0.1:8787/stream" [attr.signin-name]="me">
      <mi-my-status>…</mi-my-status>
      <label><input type="checkbox" (change)="hasNames.set(!hasNames())" /> Names</label>
      <ul>
        @for (person of people; track person) {
          <li>
            <mi-status
              [contact]="person"
              [label]="hasNames() ? 'full' : 'status'"
              (mi-status-change)="tell($event)"
            >
              {{ person }}
            </mi-status>
          </li>
        }
      </ul>
      <p role="status">{{ news() }}</p>
    </mi-messenger>
  `,
})
export class Staff {
  readonly people = ["alice@example.com", "bob@example.com"];
  readonly me = new URLSearchParams(location.search).get("as") ?? "alice@example.com";
  readonly hasNames = signal(false);
  readonly news = signal("");

  tell({ detail }: CustomEvent<StatusChangeDetail>) {
    this.news.set(`${detail.contact} has status ${detail.status}`);
  }
}
