// Which statements SQLite prepares anew each time they run, although their text is the same: it takes longer than to run them.
// Every statement that any test lets the Worker send is checked (setup.ts).
/** Where a parameter's value may change the plan, so that SQLite asks for it. */
const PLANNED_BY_VALUE = /\b(?:LIMIT|LIKE|GLOB) \?(?=\s*(?:$|[);,]|[A-Z]))/;

/** What the Worker's own statements are made ready by; tests may send what they like. */
const THROUGH = "/src/db/client.ts";

/** What is wrong with a statement that is being bound; null for one that is prepared once, or is a test's own. */
export function preparationFault(text: string): string | null {
	if (!PLANNED_BY_VALUE.test(text)) return null;
	const { stack = "" } = new Error();
	return stack.includes(THROUGH) ? "is prepared for each value" : null;
}
