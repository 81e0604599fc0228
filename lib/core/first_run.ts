/** What is known of a peer when its first page is asked for. */
export interface SetUpSoFar {
  /** Setting `ui.welcome`: false once somebody said that no class is to be joined. */
  readonly welcome: boolean;
  /** In a class, or removed from one. */
  readonly hasClass: boolean;
  readonly shares: number;
  /** Files added on the page that wait for a choice. */
  readonly pending: number;
  readonly downloads: number;
}

/** Nothing is set up: the first page then leads through it. */
export function isFirstRun({ welcome, hasClass, shares, pending, downloads }: SetUpSoFar): boolean {
  return welcome && !hasClass && shares + pending + downloads === 0;
}
