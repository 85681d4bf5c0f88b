// Chance, as a member that tests can replace: of `Math.random` the test runner makes its own ids, and a constant one stalls it.
export const chance = {
	/** A number from 0 up to but not 1. */
	random: (): number => Math.random(),
};
