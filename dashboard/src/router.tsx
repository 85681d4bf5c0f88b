// Pages by path, with the browser's own history; a link is a plain <a>.
import { createContext, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

const BASE = "/dashboard";

export interface Place {
	/** Below `/dashboard`, without a slash at its end. */
	readonly path: string;
	readonly search: URLSearchParams;
}

const here = (): Place => ({
	path: location.pathname.slice(BASE.length).replace(/\/$/, "") || "/",
	search: new URLSearchParams(location.search),
});

const PlaceContext = createContext<Place>(here());

/** Where the reader is. */
export const usePlace = () => useContext(PlaceContext);

/** The address of a path below `/dashboard`. */
export const href = (path: string) => `${BASE}${path}`;

/** Goes to a path below `/dashboard`; `replace` leaves no step to go back to. */
export function go(path: string, replace = false): void {
	history[replace ? "replaceState" : "pushState"](null, "", href(path));
	dispatchEvent(new PopStateEvent("popstate"));
}

/** Sets some of the query's parameters and drops those that are empty, leaving no step to go back to. */
export function setSearch(changes: Readonly<Record<string, string>>): void {
	const { path, search } = here();
	for (const [name, value] of Object.entries(changes)) {
		if (value) search.set(name, value);
		else search.delete(name);
	}
	go(search.size > 0 ? `${path}?${search}` : path, true);
}

/** Keeps everything below told of where the reader is, and makes links go there without a new page. */
export function Router({ children }: { children: JSX.Element }) {
	const [place, setPlace] = useState(here);
	useEffect(() => {
		const moved = () => setPlace(here());
		const follow = (event: MouseEvent) => {
			const link = event.target instanceof Element ? event.target.closest("a") : null;
			const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) && event.button === 0;
			if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
			if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
			event.preventDefault();
			const { pathname, search } = link;
			go(pathname.slice(BASE.length) + search);
			scrollTo(0, 0);
		};
		addEventListener("popstate", moved);
		addEventListener("click", follow);
		return () => {
			removeEventListener("popstate", moved);
			removeEventListener("click", follow);
		};
	}, []);
	return <PlaceContext.Provider value={place}>{children}</PlaceContext.Provider>;
}

/** The parameters of a path that has the form of `pattern` (`/webhooks/:id`), or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
	const [wanted, given] = [pattern.split("/"), path.split("/")];
	if (wanted.length !== given.length) return null;
	const found: Record<string, string> = {};
	for (const [index, part] of wanted.entries()) {
		const value = given[index] ?? "";
		if (part.startsWith(":")) found[part.slice(1)] = decodeURIComponent(value);
		else if (part !== value) return null;
	}
	return found;
}
