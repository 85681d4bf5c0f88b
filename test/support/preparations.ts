// Which statements SQLite prepares anew each time they run, although their text is the same: it takes longer than to run them.
// Every statement that any test lets the Worker send is checked (setup.ts).
/** Where a parameter's value may change the plan, so that SQLite asks for it. */
const PLANNED_BY_VALUE = /\b(?:LIMIT|LIKE|GLOB) \?(?=\s*(?:$|[);,]|[A-Z]))/;

/** What is wrong with a statement that is being bound; null for one that is prepared once. */
export const preparationFault = (text: string): string | null =>
	PLANNED_BY_VALUE.test(text) ? "is prepared for each value" : null;
