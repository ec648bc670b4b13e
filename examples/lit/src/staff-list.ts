// Two people with their statuses, in an element of one's own, for whoever the address names: /?as=bob@example.com.

import "mistatus/define";
import { html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { StatusChangeDetail } from "mistatus";

const PEOPLE = ["alice@example.com", "bob@example.com"];

@customElement("staff-list")
export class StaffList extends LitElement {
  @state() private hasNames = false;
  @state() private news = "";

  private me = new URLSearchParams(location.search).get("as") ?? "alice@example.com";

  render() {
    return html`
      <mi-messenger server="ws://127.0.0.1:8787/stream" signin-name=${this.me}>
        <mi-my-status>…</mi-my-status>
        <label><input type="checkbox" @change=${this.toggle} /> Names</label>
        <ul>
          ${PEOPLE.map(
            (person) => html`
              <li>
                <mi-status
                  .contact=${person}
                  label=${this.hasNames ? "full" : "status"}
                  @mi-status-change=${this.tell}
                >
                  ${person}
                </mi-status>
              </li>
            `,
          )}
        </ul>
        <p role="status">${this.news}</p>
      </mi-messenger>
    `;
  }

  private toggle({ target }: Event) {
    this.hasNames = (target as HTMLInputElement).checked;
  }

  private tell({ detail }: CustomEvent<StatusChangeDetail>) {
    this.news = `${detail.contact} has status ${detail.status}`;
  }
}
