// What was typed and is not saved yet: before it would be lost, the reader is asked.

/** Whether something in a part of the page is not saved; the form around it says so. */
export const hasUnsaved = (within: ParentNode = document) => within.querySelector("[data-unsaved]") !== null;

/** The attributes of an element that has something unsaved in it. */
export const unsavedMark = (isUnsaved: boolean) => (isUnsaved ? { "data-unsaved": "" } : {});

interface Leave {
	/** Leaves, so that what is unsaved is lost. */
	readonly go: () => void;
	/** Takes back what has been done towards leaving. */
	readonly stay?: () => void;
}

let ask = ({ go }: Leave) => go();

/** Sets what asks the reader. */
export function onLeave(asks: (leave: Leave) => void): void {
	ask = asks;
}

/** Leaves if nothing is unsaved, or if the reader confirms it. */
export function leave(way: Leave): void {
	if (hasUnsaved()) ask(way);
	else way.go();
}

// Closing the window, or another address.
addEventListener("beforeunload", (event) => {
	if (hasUnsaved()) event.preventDefault();
});
