// Restores the keyboard focus when the focused element was removed: after an action, a closed dialog or a saved form.

/** After the page has been drawn, moves a lost focus to the heading of the open dialog or of the page. */
export function restoreFocus(): void {
	setTimeout(() => {
		if (document.activeElement && document.activeElement !== document.body) return;
		const place = document.querySelector<HTMLElement>("dialog[open] h2, main h1");
		if (!place) return;
		place.tabIndex = -1;
		place.focus({ preventScroll: true });
	}, SETTLED_MS);
}

/** Time until an answer has been drawn. */
const SETTLED_MS = 50;
