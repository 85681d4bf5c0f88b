// Walks with Tab through a page, or through the dialog that is open.
import type { Page } from "playwright-core";

/** Segments of a date, each of which is a stop of its own, and the button of its calendar. */
const DATE_STOPS = 7;

interface Walk {
	/** What can be used, in the order of the document. */
	readonly offered: readonly Element[];
	readonly places: ReadonlyMap<Element, DOMRect>;
	/** What had the focus, one after the other. */
	readonly reached: Element[];
	/** What did not look focused. */
	readonly unmarked: Element[];
	readonly end: () => void;
}

declare global {
	var tabWalk: Walk | undefined;
}

/** Runs in the page: gives the first element the focus and returns how often to press Tab. */
function begin(dateStops: number): number {
	const dialogs = document.querySelectorAll("dialog[open]");
	const root = dialogs.item(dialogs.length - 1) ?? document.body;
	const candidates = root.querySelectorAll<HTMLElement>(
		"a[href], button, input, select, textarea, summary, [tabindex]",
	);
	const groups = new Set<string>();
	const offered = [...candidates].filter((one) => {
		if (one.tabIndex < 0 || one.matches(":disabled") || !one.checkVisibility({ visibilityProperty: true }))
			return false;
		// Of a group of radio buttons, the arrows reach the others.
		if (!(one instanceof HTMLInputElement) || one.type !== "radio") return true;
		const group = one.name;
		const isFirst = !groups.has(group);
		groups.add(group);
		return one.checked || (isFirst && !root.querySelector(`input[name="${group}"]:checked`));
	});
	const places = new Map(offered.map((one) => [one, one.getBoundingClientRect()] as const));
	const [reached, unmarked]: [Element[], Element[]] = [[], []];
	// A dialog may have given it the focus already.
	if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	const note = ({ target }: Event) => {
		if (!(target instanceof Element) || reached.at(-1) === target) return;
		reached.push(target);
		const label = target.closest("label");
		const styles = [
			getComputedStyle(target),
			getComputedStyle(target, "::after"),
			...(label ? [getComputedStyle(label)] : []),
		];
		const isMarked = styles.some(
			({ outlineStyle, outlineWidth, boxShadow }) =>
				(outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none",
		);
		if (!isMarked) unmarked.push(target);
	};
	addEventListener("focusin", note);
	offered[0]?.focus();
	globalThis.tabWalk = {
		offered,
		places,
		reached,
		unmarked,
		end: () => removeEventListener("focusin", note),
	};
	const dates = offered.filter((one) => one.matches("[type=date], [type=datetime-local]")).length;
	return offered.length + dates * dateStops;
}

/** Runs in the page: what was wrong with the walk. */
function judge(): string[] {
	const walk = globalThis.tabWalk;
	if (!walk) return ["The walk has not begun."];
	walk.end();
	const { offered, places, unmarked } = walk;
	const told = (one: Element | undefined) => one?.outerHTML.slice(0, 160) ?? "nothing";
	const again = walk.reached.findIndex((one, at) => at > 0 && one === offered[0]);
	const reached = again < 0 ? walk.reached : walk.reached.slice(0, again);
	const problems = [
		...offered.filter((one) => !reached.includes(one)).map((one) => `never reached: ${told(one)}`),
		...reached.filter((one, at) => reached.indexOf(one) !== at).map((one) => `reached twice: ${told(one)}`),
		...unmarked.slice(1).map((one) => `does not look focused: ${told(one)}`),
	];
	const inOrder = offered.filter((one) => reached.includes(one));
	const at = inOrder.findIndex((one, index) => one !== reached[index]);
	if (at >= 0) problems.push(`${told(reached[at])} comes before ${told(inOrder[at])}`);
	for (const [index, one] of inOrder.entries()) {
		const [here, next] = [places.get(one), places.get(inOrder[index + 1] ?? one)];
		if (!here || !next) continue;
		const isAbove = next.bottom <= here.top + 1 && next.left < here.right - 1;
		const isBefore = next.right <= here.left + 1 && next.top < here.bottom - 1;
		if (isAbove || isBefore) problems.push(`after ${told(one)} it goes back to ${told(inOrder[index + 1])}`);
	}
	return problems;
}

/** What a person who uses Tab would stumble over: each thing that can be used is reached once, in the order of reading, and looks focused. */
export async function tabOrderProblems(page: Page): Promise<string[]> {
	const presses = await page.evaluate(begin, DATE_STOPS);
	for (let pressed = 0; pressed < presses; pressed += 1) await page.keyboard.press("Tab");
	return page.evaluate(judge);
}
