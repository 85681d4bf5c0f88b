// Routes pages by path, with the browser's history; a link is a plain <a>.
import { createContext, type JSX } from "preact";
import { useContext, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Confirm } from "./ui/dialog.tsx";
import { hasUnsaved, leave, onLeave } from "./unsaved.ts";

const BASE = "/dashboard";

export interface Place {
	/** The path below `/dashboard`, without a trailing slash. */
	readonly path: string;
	readonly search: URLSearchParams;
}

const here = (): Place => ({
	path: location.pathname.slice(BASE.length).replace(/\/$/, "") || "/",
	search: new URLSearchParams(location.search),
});

const PlaceContext = createContext<Place>(here());

/** The current location. */
export const usePlace = () => useContext(PlaceContext);

/** The URL of a path below `/dashboard`. */
export const href = (path: string) => `${BASE}${path}`;

/** What the history keeps with an entry. */
interface Kept {
	/** How many entries of this page are before it. */
	readonly at: number;
	/** How far the page was scrolled when it was left. */
	readonly top: number;
}

const kept = (): Kept => history.state ?? { at: 0, top: 0 };

/** Which of the entries is shown. */
let position = kept().at;

/** Navigates to a path below `/dashboard`; `replace` adds no history entry, and as with any link neither does the path of this page. */
export function navigate(path: string, replace = false): void {
	if (replace || href(path) === location.pathname + location.search)
		history.replaceState(kept(), "", href(path));
	else {
		history.replaceState({ at: position, top: scrollY } satisfies Kept, "");
		position += 1;
		history.pushState({ at: position, top: 0 } satisfies Kept, "", href(path));
	}
	dispatchEvent(new PopStateEvent("popstate"));
}

/**
 * Navigates when something is done, unless the component that waited for it is gone: whoever has left meanwhile is not called back
 * from what they are doing elsewhere.
 */
export function useNavigate(): typeof navigate {
	const isHere = useRef(true);
	useLayoutEffect(
		() => () => {
			isHere.current = false;
		},
		[],
	);
	return (path, replace) => {
		if (isHere.current) navigate(path, replace);
	};
}

/** Navigates as the reader wants, who is asked first if something is not saved. */
export const visit = (path: string) => leave({ go: () => navigate(path) });

/** Sets parameters of the query and removes empty ones, without a history entry. */
export function setSearch(changes: Readonly<Record<string, string | readonly string[]>>): void {
	const { path, search } = here();
	for (const [name, value] of Object.entries(changes)) {
		search.delete(name);
		for (const one of [value].flat()) if (one) search.append(name, one);
	}
	navigate(search.size > 0 ? `${path}?${search}` : path, true);
}

/** The parameters of a query that are not empty, each with its values: one that is repeated has several. */
export const queryIn = (search: URLSearchParams): Readonly<Record<string, readonly string[]>> =>
	Object.fromEntries(
		[...new Set(search.keys())]
			.map((name) => [name, [...new Set(search.getAll(name).filter(Boolean))]] as const)
			.filter(([, values]) => values.length > 0),
	);

/** Provides the current location to its children, and makes links navigate without a page load. */
export function Router({ children }: { children: JSX.Element }) {
	const [place, setPlace] = useState(here);
	const [leaving, setLeaving] = useState<Parameters<typeof leave>[0] | null>(null);
	// No later than the first page is there: an effect would wait for a frame, and miss what happens before it.
	useLayoutEffect(() => {
		const moved = ({ isTrusted }: PopStateEvent) => {
			const to = kept().at;
			const steps = to - position;
			const go = () => {
				position = to;
				setPlace(here());
			};
			// The browser has already gone back or forward.
			if (isTrusted && steps !== 0 && hasUnsaved()) leave({ go, stay: () => history.go(-steps) });
			else go();
		};
		const follow = (event: MouseEvent) => {
			const link = event.target instanceof Element ? event.target.closest("a") : null;
			const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) && event.button === 0;
			if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
			if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
			event.preventDefault();
			const { pathname, search } = link;
			if (link.hash) document.querySelector<HTMLElement>(link.hash)?.focus();
			else visit(pathname.slice(BASE.length) + search);
		};
		onLeave(setLeaving);
		addEventListener("popstate", moved);
		addEventListener("click", follow);
		return () => {
			removeEventListener("popstate", moved);
			removeEventListener("click", follow);
		};
	}, []);
	return (
		<PlaceContext.Provider value={place}>
			{children}
			{leaving ? (
				<Confirm
					title="Leave without saving?"
					action="Leave"
					close="Stay"
					busy={false}
					onConfirm={() => {
						setLeaving(null);
						leaving.go();
					}}
					onClose={() => {
						setLeaving(null);
						leaving.stay?.();
					}}
				>
					<p>What you have typed here, or have not copied yet, would be lost.</p>
				</Confirm>
			) : null}
		</PlaceContext.Provider>
	);
}

/** Scrolls the page that is drawn: a new one to its top, one that is returned to where it was left. */
export const useScrolling = (path: string) => useLayoutEffect(() => scrollTo(0, kept().top), [path]);

/** A part of a path without its escapes; null if they are no text. */
function decode(part: string): string | null {
	try {
		return decodeURIComponent(part);
	} catch {
		return null;
	}
}

/** The parameters of a path that matches `pattern` (`/webhooks/:id`), or null. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
	const [wanted, given] = [pattern.split("/"), path.split("/")];
	if (wanted.length !== given.length) return null;
	const found: Record<string, string> = {};
	for (const [index, part] of wanted.entries()) {
		const value = given[index] ?? "";
		if (part.startsWith(":")) {
			const decoded = decode(value);
			if (decoded === null) return null;
			found[part.slice(1)] = decoded;
		} else if (part !== value) return null;
	}
	return found;
}
