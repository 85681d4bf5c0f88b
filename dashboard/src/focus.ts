// Where the keyboard is when what it was on has gone: after an action, a closed dialog or a form that was saved.

/** Once the page has settled, gives a lost focus to the open dialog's heading, or to the page's. */
export function keepFocus(): void {
	setTimeout(() => {
		if (document.activeElement && document.activeElement !== document.body) return;
		const place = document.querySelector<HTMLElement>("dialog[open] h2, main h1");
		if (!place) return;
		place.tabIndex = -1;
		place.focus({ preventScroll: true });
	}, SETTLED_MS);
}

/** As long as an answer takes to be drawn. */
const SETTLED_MS = 50;
