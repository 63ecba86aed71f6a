/** The longest time that a timer of Node.js can wait for. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Ten years: added to the latest time of the sandbox's clock it still makes a date. */
export const LONGEST_LIFETIME_SECONDS = 315_360_000;
