// The types of `mistatus/legacy`: importing it installs `ActiveXObject` and what belongs to it; no value is exported.

/**
 * The object that `new ActiveXObject("Name.NameCtrl")` returns: statuses of people by name, a new control each time.
 * Its numbers are its own, those of docs/LEGACY.md, not of MISTATUS.
 */
export interface NameControl {
  /**
   * Called with name, status and id once the status of somebody who was asked for by `GetStatus` is known, and at each change.
   * A function, or the name of a global one; the last one wins.
   */
  OnStatusChange: ((this: NameControl, name: string, status: number, id: string) => void) | string | null;
  /** Always true. */
  readonly PresenceEnabled: boolean;
  /** Returns the status known now, 1 where nothing is known, and follows the person from then on. */
  GetStatus(name: string, id: string): number;
  /** Shows a card of somebody at a place of the window, in CSS pixels; with 1 as the input type the focus goes into its menu. */
  ShowOOUI(name: string, inputType: number, left: number, top: number): void;
  /** Takes the card away, unless the pointer is over it. */
  HideOOUI(): void;
  /** Goes into the menu of a card that is shown, by keyboard. */
  DoAccelerator(): void;
}

declare global {
  interface ActiveXObject {
    new (progId: "Name.NameCtrl"): NameControl;
    // biome-ignore lint/suspicious/noExplicitAny: the object is late-bound, or one of the browser's own
    new (progId: string): any;
  }
  var ActiveXObject: ActiveXObject;
}
