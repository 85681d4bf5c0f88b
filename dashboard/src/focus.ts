// Keeps the keyboard focus near its place when the focused element is removed: by an action, a closed dialog or a saved form.

const FOCUSABLE = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary";

/** The element that had the focus last, and what it was in. */
let last: readonly Element[] = [];

function withParents(element: Element): Element[] {
	const found: Element[] = [];
	for (let one: Element | null = element; one; one = one.parentElement) found.push(one);
	return found;
}

/** The first element that can be used in what is left of the lost element's surroundings; otherwise the heading. */
function nearest(): HTMLElement | null {
	const around = last.find((one) => one.isConnected);
	if (around?.closest("dialog[open], main") === around)
		return document.querySelector("dialog[open] h2, main h1") ?? document.querySelector("main");
	return around?.querySelector<HTMLElement>(FOCUSABLE) ?? document.querySelector("dialog[open] h2, main h1");
}

/** Watches the page. */
export function keepFocus(): void {
	addEventListener("focusin", ({ target }) => {
		if (target instanceof Element) last = withParents(target);
	});
	new MutationObserver(() => {
		if (document.activeElement !== document.body || !last[0] || last[0].isConnected) return;
		const place = nearest();
		if (!place) return;
		// A heading takes the focus only from here.
		if (!place.matches(FOCUSABLE)) place.tabIndex = -1;
		place.focus({ preventScroll: true });
	}).observe(document.body, { childList: true, subtree: true });
}
